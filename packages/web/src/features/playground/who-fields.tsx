/** As whom to connect: the demo log-in, a token of one's own, or nobody. */
import { useId } from 'react';
import { subjectOf } from '../../session/sign-in.ts';
import { TextField } from '../../ui/text-field.tsx';
import type { Target } from './connect-plan.ts';
import { Switch } from './switch.tsx';
import { usePlaygroundTexts } from './use-playground-texts.ts';
import { takesTicket } from './who.ts';
import type { Who, WhoProblem } from './who.ts';

interface WhoFieldsProps {
  readonly who: Who;
  readonly target: Target;
  readonly problem: WhoProblem | undefined;
  readonly onWho: (who: Who) => void;
}

const KINDS = ['demo', 'token', 'none'] as const;

export function WhoFields({ who, target, problem, onWho }: WhoFieldsProps) {
  const { t } = usePlaygroundTexts();
  const id = useId();
  const subject = subjectOf(who.token);
  return (
    <>
      <fieldset className="pg-choice">
        <legend>{t('auth.title')}</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input
              type="radio"
              name={`${id}-who`}
              checked={who.kind === kind}
              onChange={() => onWho({ ...who, kind })}
            />
            {t(`auth.${kind}`)}
          </label>
        ))}
      </fieldset>
      {who.kind === 'demo' && (
        <TextField
          label={t('auth.name')}
          name="name"
          value={who.name}
          onChange={(name) => onWho({ ...who, name })}
        />
      )}
      {who.kind === 'token' && (
        <TextField
          label={t('auth.tokenField')}
          name="token"
          value={who.token}
          hint={
            subject === undefined ? t('auth.tokenHint') : t('auth.speaksFor', { user: subject })
          }
          onChange={(token) => onWho({ ...who, token })}
        />
      )}
      {who.kind !== 'none' && takesTicket(target) && (
        <div className="pg-ticket">
          <Switch
            label={t('auth.ticket')}
            isOn={who.isTicket}
            onSwitch={(isTicket) => onWho({ ...who, isTicket })}
          />
          <p className="pg-hint">{t('auth.ticketHint')}</p>
        </div>
      )}
      {problem !== undefined && (
        <p className="pg-problem" role="alert">
          {t(problem)}
        </p>
      )}
    </>
  );
}
