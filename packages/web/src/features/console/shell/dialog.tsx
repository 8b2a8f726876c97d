/** The browser's own dialog: focus stays inside, Escape closes it, the page behind it waits. */
import { useEffect, useId, useRef } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { useConsoleTexts } from '../use-console-texts.ts';

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly confirm: string;
  readonly isDangerous?: boolean;
  readonly isBusy?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function Dialog(props: DialogProps) {
  const {
    title,
    children,
    confirm,
    isDangerous = false,
    isBusy = false,
    onConfirm,
    onClose,
  } = props;
  const { t } = useConsoleTexts();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onConfirm();
  };
  return (
    <dialog ref={dialog} className="co-dialog" aria-labelledby={`${id}-title`} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={`${id}-title`}>{title}</h2>
        {children}
        <div className="co-actions">
          <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
            {t('dialog.cancel')}
          </button>
          <button
            type="submit"
            className={isDangerous ? 'button danger' : 'button'}
            disabled={isBusy}
          >
            {confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
