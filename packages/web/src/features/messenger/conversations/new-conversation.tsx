/** The dialog that starts a conversation: with one person, or with several under a title. */
import { useId, useLayoutEffect, useRef, useState } from 'react';
import type { SyntheticEvent } from 'react';
import { TextField } from '../../../ui/text-field.tsx';
import { useMessenger } from '../messenger.ts';
import { goTo } from '../shell/route.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { namesIn } from './list-rules.ts';

type Kind = 'direct' | 'group';
const KINDS: readonly Kind[] = ['direct', 'group'];

interface NewConversationProps {
  readonly onClose: () => void;
}

export function NewConversation({ onClose }: NewConversationProps) {
  const { t } = useMessengerText();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the field asks for the focus: opening gives it to the first control otherwise.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={({ target, currentTarget }) => {
        if (target === currentTarget) onClose();
      }}
    >
      <div className="dialog-body">
        <h2 id={titleId}>{t('new.title')}</h2>
        <NewConversationForm onClose={onClose} />
      </div>
    </dialog>
  );
}

interface Wish {
  readonly kind: Kind;
  readonly people: string;
  readonly title: string;
}

/** What keeps a wish from being granted; undefined: nothing. */
function useProblemWith(): (wish: Wish) => string | undefined {
  const { t } = useMessengerText();
  const { user } = useMessenger();
  return ({ kind, people }) => {
    const names = namesIn(people).filter((name) => name !== user);
    if (kind === 'group') return names.length === 0 ? t('new.problem.people') : undefined;
    if (names.length === 1) return undefined;
    return people.trim() === user ? t('new.problem.self') : t('new.problem.person');
  };
}

function NewConversationForm({ onClose }: NewConversationProps) {
  const { t } = useMessengerText();
  const { chat, user } = useMessenger();
  const [wish, setWish] = useState<Wish>({ kind: 'direct', people: '', title: '' });
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const problemWith = useProblemWith();

  const submit = async (): Promise<void> => {
    const found = problemWith(wish);
    setProblem(found);
    if (found !== undefined) return;
    setBusy(true);
    const title = wish.kind === 'group' ? wish.title.trim() : '';
    try {
      const created = await chat.create({
        kind: wish.kind,
        members: namesIn(wish.people).filter((name) => name !== user),
        ...(title === '' ? {} : { title }),
      });
      onClose();
      goTo(created.id);
    } catch (error) {
      setProblem(t('new.failed', { message: error instanceof Error ? error.message : '' }));
      setBusy(false);
    }
  };

  return (
    <form
      noValidate
      onSubmit={(event: SyntheticEvent) => {
        event.preventDefault();
        void submit();
      }}
    >
      <KindChoice kind={wish.kind} onChange={(kind) => setWish({ ...wish, kind })} />
      {wish.kind === 'group' && (
        <TextField
          label={`${t('new.groupTitle')} (${t('new.optional')})`}
          name="title"
          value={wish.title}
          onChange={(title) => setWish({ ...wish, title })}
        />
      )}
      <TextField
        key={wish.kind}
        label={t(wish.kind === 'direct' ? 'new.person' : 'new.people')}
        name="people"
        value={wish.people}
        hint={t('new.personHint')}
        problem={problem}
        autoFocus
        onChange={(people) => setWish({ ...wish, people })}
      />
      <DialogButtons isBusy={isBusy} onCancel={onClose} />
    </form>
  );
}

function DialogButtons({ isBusy, onCancel }: { isBusy: boolean; onCancel: () => void }) {
  const { t } = useMessengerText();
  return (
    <div className="dialog-buttons">
      <button type="button" className="button quiet" onClick={onCancel}>
        {t('new.cancel')}
      </button>
      <button type="submit" className="button" disabled={isBusy}>
        {t('new.create')}
      </button>
    </div>
  );
}

function KindChoice({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const { t } = useMessengerText();
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{t('new.kind')}</legend>
      {KINDS.map((each) => (
        <label key={each} className={each === kind ? 'chosen' : ''}>
          <input
            type="radio"
            name="kind"
            className="visually-hidden"
            checked={each === kind}
            onChange={() => onChange(each)}
          />
          {t(`new.${each}`)}
        </label>
      ))}
    </fieldset>
  );
}
