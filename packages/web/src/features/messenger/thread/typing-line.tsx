/** Who is typing now. The line is always there, so nothing jumps when it fills. */
import { useMessengerText } from '../texts/use-messenger-text.ts';

export function TypingLine({ names }: { names: readonly string[] }) {
  const { t } = useMessengerText();
  const [name, other] = names;
  return (
    <p className="typing-line" role="status">
      {name !== undefined && (
        <>
          <span className="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {text(name)}
        </>
      )}
    </p>
  );

  function text(first: string): string {
    if (other === undefined) return t('thread.typing.one', { name: first });
    return names.length === 2
      ? t('thread.typing.two', { name: first, other })
      : t('thread.typing.many');
  }
}
