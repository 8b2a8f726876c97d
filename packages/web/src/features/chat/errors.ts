/** The server's errors and closes, in words a visitor can use. */
import { GAVE_UP } from '../../connection/connection-state.ts';
import type { CloseReason } from '../../connection/connection-state.ts';
import type { MessageKey } from '../../i18n/en.ts';
import type { TextParams } from '../../i18n/text-table.ts';
import type { RoomError } from './room.ts';

export interface Explanation {
  readonly key: MessageKey;
  readonly params?: TextParams;
}

/** Codes of the protocol's error table. */
export function explainError({ code, message, about }: RoomError): Explanation {
  switch (code) {
    case 111:
      return { key: 'error.tooFast' };
    case 405:
      return { key: 'error.tooLong' };
    case 408:
      return about?.to === undefined
        ? { key: 'error.server', params: { message } }
        : { key: 'error.away', params: { name: about.to } };
    case 420:
      return { key: 'error.storage' };
    default:
      return { key: 'error.server', params: { message } };
  }
}

export function explainClose({ code, reason }: CloseReason): Explanation {
  if (reason === GAVE_UP.reason) return { key: 'closed.gaveUp' };
  if (reason === 'Unauthorized') return { key: 'closed.unauthorized' };
  if (reason === 'Too many connections') return { key: 'closed.connections' };
  if (reason === 'Too many bad frames') return { key: 'closed.badFrames' };
  return { key: 'closed.other', params: { reason: reason === '' ? code : reason } };
}
