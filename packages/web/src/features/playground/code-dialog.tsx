/** The session as code in three languages, in the browser's own dialog. */
import { useEffect, useId, useRef, useState } from 'react';
import { CloseIcon } from '../../ui/icons.tsx';
import { curlCode } from './code/curl.ts';
import { javaScriptCode } from './code/javascript.ts';
import { pythonCode } from './code/python.ts';
import { scriptOf } from './code/script.ts';
import type { Script } from './code/script.ts';
import { CopyButton } from './copy-button.tsx';
import type { Recording } from './playground-session.ts';
import { usePlaygroundTexts } from './use-playground-texts.ts';

const LANGUAGES: Readonly<Record<string, (script: Script) => string>> = {
  curl: curlCode,
  JavaScript: javaScriptCode,
  Python: pythonCode,
};

interface CodeDialogProps {
  readonly recording: Recording;
  readonly onClose: () => void;
}

export function CodeDialog({ recording, onClose }: CodeDialogProps) {
  const { t } = usePlaygroundTexts();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [language, setLanguage] = useState('curl');
  useEffect(() => dialog.current?.showModal(), []);
  const script = scriptOf(recording, location.origin);
  const code = LANGUAGES[language]?.(script) ?? '';
  return (
    <dialog ref={dialog} className="pg-dialog" aria-labelledby={`${id}-title`} onClose={onClose}>
      <div className="pg-card-head">
        <h2 id={`${id}-title`}>{t('code.title')}</h2>
        <button
          className="icon-button"
          type="button"
          aria-label={t('code.close')}
          onClick={() => dialog.current?.close()}
        >
          <CloseIcon />
        </button>
      </div>
      <fieldset className="pg-choice">
        <legend className="visually-hidden">{t('code.language')}</legend>
        {Object.keys(LANGUAGES).map((name) => (
          <label key={name}>
            <input
              type="radio"
              name={`${id}-language`}
              checked={language === name}
              onChange={() => setLanguage(name)}
            />
            {name}
          </label>
        ))}
      </fieldset>
      {script.needsToken && <p className="pg-hint">{t('code.secret')}</p>}
      <pre tabIndex={0} aria-label={language}>
        <code>{code}</code>
      </pre>
      <CopyButton text={code} label={t('code.copy')} copied={t('code.copied')} />
    </dialog>
  );
}
