/** Who is here, whom to write to privately, and the settings. */
import { useText } from '../../i18n/use-text.ts';
import { LeaveIcon, LockIcon } from '../../ui/icons.tsx';
import { LanguageSelect, ThemeSwitch } from '../../ui/settings.tsx';
import { Avatar } from '../../ui/avatar.tsx';

interface SidePanelProps {
  readonly me: string;
  readonly users: readonly string[];
  readonly count: number;
  readonly onPick: (user: string) => void;
  readonly onLeave: () => void;
}

export function SidePanel({ me, users, count, onPick, onLeave }: SidePanelProps) {
  const { t, count: counted } = useText();
  const others = users.filter((user) => user !== me).toSorted();
  return (
    <div className="side-panel">
      <div>
        <h2>{t('people.title')}</h2>
        <p className="side-count">{counted('people', count)}</p>
      </div>
      <ul className="people">
        <li className="person">
          <Avatar name={me} />
          <span className="person-name">{me}</span>
          <span className="you">{t('people.you')}</span>
        </li>
        {others.map((user) => (
          <li key={user}>
            <button
              type="button"
              className="person"
              title={t('people.write', { name: user })}
              onClick={({ currentTarget }) => {
                currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
                onPick(user);
              }}
            >
              <Avatar name={user} />
              <span className="person-name" aria-hidden="true">
                {user}
              </span>
              <span className="visually-hidden">{t('people.write', { name: user })}</span>
              <LockIcon />
            </button>
          </li>
        ))}
      </ul>
      {others.length === 0 && <p className="side-empty">{t('people.nobody')}</p>}
      <div className="side-settings">
        <LanguageSelect />
        <ThemeSwitch />
      </div>
      <button type="button" className="button quiet" onClick={onLeave}>
        <LeaveIcon />
        {t('state.disconnect')}
      </button>
    </div>
  );
}
