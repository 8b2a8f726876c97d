/** Who is in a conversation and who of them is here; adding people to a group, and leaving it. */
import type { ConversationView } from '@carillon/client';
import { useState } from 'react';
import type { SyntheticEvent } from 'react';
import { Avatar } from '../../../ui/avatar.tsx';
import { CloseIcon, LeaveIcon } from '../../../ui/icons.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { namesIn } from '../conversations/list-rules.ts';
import { useMessenger } from '../messenger.ts';
import { goTo, goToList } from '../shell/route.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { usePeopleHere } from './use-people-here.ts';

interface MembersPanelProps {
  readonly view: ConversationView;
  readonly panelId: string;
}

export function MembersPanel({ view, panelId }: MembersPanelProps) {
  const { t } = useMessengerText();
  return (
    <div
      id={panelId}
      popover="auto"
      className="side-sheet"
      role="dialog"
      aria-label={t('members.title')}
    >
      <div className="side-sheet-head">
        <h2>{t('members.title')}</h2>
        <button
          type="button"
          className="icon-button"
          popoverTarget={panelId}
          popoverTargetAction="hide"
          aria-label={t('app.back')}
        >
          <CloseIcon />
        </button>
      </div>
      <MemberList view={view} />
      {view.kind === 'group' && <GroupTools view={view} />}
    </div>
  );
}

function MemberList({ view }: { view: ConversationView }) {
  const { t } = useMessengerText();
  const { user: me, chat } = useMessenger();
  const here = usePeopleHere(view.id);
  const writeTo = async (user: string, sheet: HTMLElement | null): Promise<void> => {
    const direct = await chat.create({ kind: 'direct', members: [user] });
    sheet?.hidePopover();
    goTo(direct.id);
  };
  return (
    <ul className="members">
      {view.members.map(({ user, role }) => (
        <li key={user} className="member">
          <span className="member-avatar">
            <Avatar name={user} />
            {here.has(user) && <span className="dot good" />}
          </span>
          <span className="member-name">
            <span>{user}</span>
            <span className="quiet-text">
              {[
                user === me ? t('members.you') : '',
                role === 'owner' && view.kind === 'group' ? t('members.owner') : '',
                here.has(user) && user !== me ? t('members.online') : '',
              ]
                .filter((part) => part !== '')
                .join(' · ')}
            </span>
          </span>
          {user !== me && view.kind !== 'direct' && (
            <button
              type="button"
              className="text-button"
              onClick={({ currentTarget }) => {
                // Without a connection nothing happens, and it can be pressed again.
                writeTo(user, currentTarget.closest<HTMLElement>('[popover]')).catch(
                  () => undefined,
                );
              }}
            >
              {t('members.write', { name: user })}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function GroupTools({ view }: { view: ConversationView }) {
  const { t } = useMessengerText();
  const { client, user } = useMessenger();
  const [names, setNames] = useState('');
  const [problem, setProblem] = useState<string>();

  const run = async (work: () => Promise<unknown>): Promise<void> => {
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(t('new.failed', { message: error instanceof Error ? error.message : '' }));
    }
  };
  const add = async (): Promise<void> => {
    const users = namesIn(names);
    if (users.length === 0) return setProblem(t('new.problem.people'));
    await client.call('chat.addMembers', { conversation_id: view.id, users });
    setNames('');
  };
  const leave = async (): Promise<void> => {
    await client.call('chat.leave', { conversation_id: view.id });
    goToList();
  };
  const isOwner = view.members.some((member) => member.user === user && member.role === 'owner');

  return (
    <div className="group-tools">
      {isOwner && (
        <form
          noValidate
          onSubmit={(event: SyntheticEvent) => {
            event.preventDefault();
            void run(add);
          }}
        >
          <TextField
            label={t('members.add')}
            name="add"
            value={names}
            hint={t('new.people')}
            problem={problem}
            onChange={setNames}
          />
          <button type="submit" className="button quiet">
            {t('members.addButton')}
          </button>
        </form>
      )}
      <button type="button" className="button quiet danger" onClick={() => void run(leave)}>
        <LeaveIcon />
        {t('members.leave')}
      </button>
    </div>
  );
}
