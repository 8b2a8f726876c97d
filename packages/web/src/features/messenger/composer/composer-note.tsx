/** Under the field: how to send; near the limit, how much room is left; what is wrong. */
import { draftState, MAX_MESSAGE_LENGTH } from '../../../ui/draft-rules.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';

interface ComposerNoteProps {
  readonly draft: string;
  readonly problem: string | undefined;
}

export function ComposerNote({ draft, problem }: ComposerNoteProps) {
  const { t } = useMessengerText();
  const { length, showsCounter, excess } = draftState(draft);
  if (problem !== undefined) {
    return (
      <p className="composer-note problem" role="alert">
        {problem}
      </p>
    );
  }
  if (!showsCounter) return <p className="composer-note">{t('compose.hint')}</p>;
  return (
    <p className={`composer-note counter${excess > 0 ? ' problem' : ''}`}>
      {t('compose.count', { n: length, max: MAX_MESSAGE_LENGTH })}
      {excess > 0 && ` · ${t('compose.tooLong', { n: excess })}`}
    </p>
  );
}
