import { ERRORS, type Failure } from '@carillon/protocol';

/** As the server API shows errors: in answers, and in each reply of a batch or broadcast. */
export const apiError = ({
  error,
  message,
}: Failure): { error: { code: number; message: string } } => ({
  error: { code: ERRORS[error].code, message: message ?? ERRORS[error].message },
});
