/** Under the notifications: whether this computer shows them while the page is not looked at. Asks only when pressed. */
import { useMessenger, useReadable } from '../messenger.ts';
import { useMessengerText } from '../texts/use-messenger-text.ts';

export function DesktopOffer() {
  const { t } = useMessengerText();
  const { desktop } = useMessenger();
  const permission = useReadable(desktop.permission);
  switch (permission) {
    case 'default':
      return (
        <div className="panel-foot">
          <p>{t('desktop.explain')}</p>
          <button
            type="button"
            className="text-button"
            onClick={() => void desktop.request().catch(() => undefined)}
          >
            {t('desktop.allow')}
          </button>
        </div>
      );
    case 'granted':
      return <p className="panel-foot">{t('desktop.granted')}</p>;
    case 'denied':
      return <p className="panel-foot">{t('desktop.denied')}</p>;
    case 'unsupported':
      return null;
  }
}
