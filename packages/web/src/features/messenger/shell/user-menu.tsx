/** Who one is, and what belongs to the person: language, colours, the other pages on a phone, the way out. */
import { Avatar } from '../../../ui/avatar.tsx';
import { LanguageSelect, ThemeSwitch } from '../../../ui/settings.tsx';
import { PageLinks } from '../../../ui/top-bar.tsx';
import { useMessenger } from '../messenger.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { HeaderPopover } from './header-popover.tsx';
import { TRY_HREF } from './route.ts';

export function UserMenu() {
  const { t } = useMessengerText();
  const { user, isDemo, signOut } = useMessenger();
  return (
    <HeaderPopover
      className="user-menu"
      label={t('app.menu', { name: user })}
      title={t('app.you', { name: user })}
      icon={<Avatar name={user} />}
    >
      <p className="user-name">{t('app.you', { name: user })}</p>
      <div className="user-settings">
        <LanguageSelect />
        <ThemeSwitch />
      </div>
      <div className="user-pages">
        <PageLinks current="home" />
      </div>
      {isDemo && (
        <>
          <a
            className="menu-item"
            href={TRY_HREF}
            onClick={({ currentTarget }) =>
              currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
            }
          >
            {t('app.try')}
          </a>
          <a className="menu-item" href="/?as=" target="_blank" rel="noopener">
            {t('app.another')}
          </a>
        </>
      )}
      <button type="button" className="menu-item" onClick={signOut}>
        {t('app.signOut')}
      </button>
    </HeaderPopover>
  );
}
