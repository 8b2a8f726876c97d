/** Where to connect to, as whom, and the button that does it. */
import { useId } from 'react';
import { TextField } from '../../ui/text-field.tsx';
import { missingField } from './connect-plan.ts';
import type { Target } from './connect-plan.ts';
import { endpointOf, ENDPOINTS, transportsOf } from './endpoints.ts';
import type { FieldName, Transport } from './endpoints.ts';
import type { SessionStatus } from './playground-session.ts';
import { Switch } from './switch.tsx';
import { usePlaygroundTexts } from './use-playground-texts.ts';
import type { Who, WhoProblem } from './who.ts';
import { WhoFields } from './who-fields.tsx';

interface ConnectFormProps {
  readonly target: Target;
  readonly who: Who;
  readonly status: SessionStatus;
  readonly problem: WhoProblem | undefined;
  readonly isAnsweringPings: boolean;
  readonly onTarget: (target: Target) => void;
  readonly onWho: (who: Who) => void;
  readonly onAnswerPings: (isAnswering: boolean) => void;
  readonly onConnect: () => void;
  readonly onDisconnect: () => void;
}

const DOTS = { idle: 'dot', connecting: 'dot busy', open: 'dot good' } as const;

export function ConnectForm(props: ConnectFormProps) {
  const { target, who, status, problem, onTarget, onConnect, onDisconnect } = props;
  const { t } = usePlaygroundTexts();
  const isIdle = status === 'idle';
  const missing = missingField(target);
  return (
    <form
      className="pg-card"
      aria-label={t('connect.title')}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isIdle) onDisconnect();
        else if (missing === undefined) onConnect();
      }}
    >
      <div className="pg-card-head">
        <h2>{t('connect.title')}</h2>
        <p className="pg-status" role="status">
          <span className={DOTS[status]} />
          {t(`status.${status}`)}
        </p>
      </div>
      <EndpointFields target={target} onTarget={onTarget} />
      {target.endpoint.fields.map((name) => (
        <TextField
          key={name}
          label={t(`field.${name}`)}
          name={name}
          value={target.fields[name] ?? ''}
          {...(missing === name ? { hint: t('connect.missing') } : {})}
          onChange={(value) => onTarget(withField(target, name, value))}
        />
      ))}
      <WhoFields who={who} target={target} problem={problem} onWho={props.onWho} />
      <Switches {...props} />
      <div className="pg-buttons">
        {/* One button, so that the keyboard's focus stays where it is. */}
        <button
          className={isIdle ? 'button' : 'button quiet'}
          type="submit"
          disabled={isIdle && missing !== undefined}
        >
          {t(isIdle ? 'connect.connect' : 'connect.disconnect')}
        </button>
      </div>
    </form>
  );
}

const withField = (target: Target, name: FieldName, value: string): Target => ({
  ...target,
  fields: { ...target.fields, [name]: value },
});

function EndpointFields({ target, onTarget }: Pick<ConnectFormProps, 'target' | 'onTarget'>) {
  const { t } = usePlaygroundTexts();
  const id = useId();
  const transports = transportsOf(target.endpoint);
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}-endpoint`}>{t('connect.endpoint')}</label>
        <select
          id={`${id}-endpoint`}
          value={target.endpoint.id}
          onChange={(event) => {
            const endpoint = endpointOf(event.target.value);
            const [first = target.transport, ...others] = transportsOf(endpoint);
            const transport = others.includes(target.transport) ? target.transport : first;
            onTarget({ ...target, endpoint, transport });
          }}
        >
          {ENDPOINTS.map((endpoint) => (
            <option key={endpoint.id} value={endpoint.id}>
              {t(`endpoint.${endpoint.id}`)}
            </option>
          ))}
        </select>
        <code className="pg-path">{target.endpoint.paths[target.transport]}</code>
      </div>
      {transports.length > 1 && (
        <fieldset className="pg-choice">
          <legend>{t('connect.transport')}</legend>
          {transports.map((transport: Transport) => (
            <label key={transport}>
              <input
                type="radio"
                name={`${id}-transport`}
                checked={target.transport === transport}
                onChange={() => onTarget({ ...target, transport })}
              />
              {t(`transport.${transport}`)}
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}

function Switches({ target, isAnsweringPings, onTarget, onAnswerPings }: ConnectFormProps) {
  const { t } = usePlaygroundTexts();
  const { endpoint, transport } = target;
  const hasGreeting = endpoint.family === 'native' && transport === 'websocket';
  const hasPings = endpoint.family === 'native' || endpoint.id === 'chat-heartbeat';
  return (
    <>
      {hasGreeting && (
        <Switch
          label={t('connect.greeting')}
          isOn={target.isGreeting}
          onSwitch={(isGreeting) => onTarget({ ...target, isGreeting })}
        />
      )}
      {hasPings && (
        <Switch label={t('connect.pongs')} isOn={isAnsweringPings} onSwitch={onAnswerPings} />
      )}
    </>
  );
}
