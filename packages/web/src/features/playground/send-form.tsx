/** Writing one frame: from a template or free, checked as JSON where the endpoint speaks JSON. */
import { useId } from 'react';
import { compact, checkJson } from './json-check.ts';
import type { JsonCheck } from './json-check.ts';
import type { Endpoint } from './endpoints.ts';
import { templatesOf, templateText } from './templates.ts';
import type { TemplateContext } from './templates.ts';
import { usePlaygroundTexts } from './use-playground-texts.ts';

interface SendFormProps {
  readonly endpoint: Endpoint;
  readonly isOpen: boolean;
  readonly text: string;
  readonly context: Omit<TemplateContext, 'nowMs'>;
  readonly onText: (text: string) => void;
  readonly onSend: (text: string) => void;
}

export function SendForm(props: SendFormProps) {
  const { endpoint, isOpen, text, onSend } = props;
  const { t } = usePlaygroundTexts();
  const isText = endpoint.sends === 'text';
  const check = checkJson(text);
  if (endpoint.sends === 'nothing') {
    return (
      <section className="pg-card" aria-label={t('send.title')}>
        <h2>{t('send.title')}</h2>
        <p className="pg-hint">{t('send.oneWay')}</p>
      </section>
    );
  }
  const send = (): void => {
    if (isOpen) onSend(isText ? text : compact(text));
  };
  return (
    <form
      className="pg-card"
      aria-label={t('send.title')}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <h2>{t('send.title')}</h2>
      <TemplateField {...props} />
      <EditorField {...props} onSubmit={send} />
      <div className="pg-buttons">
        <button className="button" type="submit" disabled={!isOpen}>
          {t(isText || check.ok ? 'send.send' : 'send.anyway')}
        </button>
        <p className="pg-hint">{t(isOpen ? 'send.hint' : 'send.notOpen')}</p>
      </div>
    </form>
  );
}

function TemplateField({ endpoint, context, onText }: SendFormProps) {
  const { t } = usePlaygroundTexts();
  const id = useId();
  const templates = templatesOf(endpoint);
  return (
    <div className="field">
      <label htmlFor={`${id}-template`}>{t('send.templates')}</label>
      <select
        id={`${id}-template`}
        value=""
        onChange={({ target }) => {
          const template = templates.find(({ name }) => name === target.value);
          if (template !== undefined) {
            onText(templateText(template, { ...context, nowMs: Date.now() }));
          }
        }}
      >
        <option value="">{t('send.choose')}</option>
        {templates.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

interface EditorFieldProps extends SendFormProps {
  readonly onSubmit: () => void;
}

function EditorField({ endpoint, text, onText, onSubmit }: EditorFieldProps) {
  const { t } = usePlaygroundTexts();
  const id = useId();
  const isText = endpoint.sends === 'text';
  const check = checkJson(text);
  return (
    <div className="field">
      <label htmlFor={`${id}-frame`}>{t('send.frame')}</label>
      <textarea
        id={`${id}-frame`}
        className="pg-editor"
        rows={6}
        value={text}
        spellCheck={false}
        autoCapitalize="off"
        aria-describedby={`${id}-check`}
        onChange={({ target }) => onText(target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onSubmit();
        }}
      />
      <p id={`${id}-check`} className={isText || check.ok ? 'hint' : 'problem'}>
        {isText ? t('send.text') : <CheckText check={check} />}
      </p>
    </div>
  );
}

function CheckText({ check }: { check: JsonCheck }) {
  const { t } = usePlaygroundTexts();
  if (check.ok) return check.isEmpty ? null : t('send.valid');
  return t('send.invalidAt', { line: check.line, column: check.column });
}
