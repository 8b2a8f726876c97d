/** The bell in the head: how many are unread, and the panel that opens from it. */
import { BellIcon } from '../../../ui/icons.tsx';
import { useMessenger, useReadable } from '../messenger.ts';
import { Badge } from '../shell/badge.tsx';
import { HeaderPopover } from '../shell/header-popover.tsx';
import { useMessengerText } from '../texts/use-messenger-text.ts';
import { BellPanel } from './bell-panel.tsx';

export function Bell() {
  const { t } = useMessengerText();
  const { inbox } = useMessenger();
  const { unread } = useReadable(inbox.counts);
  return (
    <HeaderPopover
      className="bell-panel"
      label={t('bell.label', { n: unread })}
      title={t('bell.title')}
      icon={
        <>
          <BellIcon size={24} />
          <Badge n={unread} />
        </>
      }
      onOpen={() => {
        inbox.setFilter('all');
        // Not worth a word when it fails: it is tried again with the next opening.
        inbox.mark('all', 'seen').catch(() => undefined);
      }}
    >
      <BellPanel />
    </HeaderPopover>
  );
}
