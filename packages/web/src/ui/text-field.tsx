/** One labelled line of the form, with its hint or what is wrong with it. */
import { useEffect, useId, useRef } from 'react';

interface TextFieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly hint?: string;
  readonly problem?: string | undefined;
  readonly autoFocus?: boolean;
  readonly onChange: (value: string) => void;
}

export function TextField(props: TextFieldProps) {
  const { label, name, value, hint, problem, autoFocus = false, onChange } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus]);
  const note = problem ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        ref={input}
        id={id}
        name={name}
        type={name === 'token' ? 'password' : 'text'}
        value={value}
        autoComplete={name === 'name' ? 'nickname' : 'off'}
        spellCheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        onChange={({ target }) => onChange(target.value)}
      />
      {note !== undefined && (
        <p id={`${id}-note`} className={problem === undefined ? 'hint' : 'problem'}>
          {note}
        </p>
      )}
    </div>
  );
}
