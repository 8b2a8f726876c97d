/** Who is connected, with what; what can be sent to them; and how to end their connections. */
import { useCallback, useDeferredValue, useState } from 'react';
import type { MethodOutput } from '@carillon/client';
import { Dialog } from '../shell/dialog.tsx';
import { PagedList } from '../shell/paged-list.tsx';
import { useConsole } from '../shell/use-console.ts';
import { usePages } from '../shell/use-pages.ts';
import { useOrder } from '../shell/use-order.ts';
import { SearchField } from '../shell/search-field.tsx';
import { useConsoleTexts, useFormats } from '../use-console-texts.ts';
import { SendDialog } from './send-dialog.tsx';
import type { UserDialogProps } from './send-dialog.tsx';

export type OnlineUser = MethodOutput<'console.users'>['users'][number];

type Open =
  | { readonly type: 'send'; readonly user: string }
  | { readonly type: 'disconnect'; readonly user: string };

const PAGE = 100;

export function UsersTab() {
  const { t } = useConsoleTexts();
  const { call } = useConsole();
  const [typed, setTyped] = useState('');
  const prefix = useDeferredValue(typed.trim());
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const load = useCallback(
    async (cursor: string | undefined) => {
      const answer = await call('console.users', {
        limit: PAGE,
        ...(prefix === '' ? {} : { prefix }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (!answer.ok) return answer;
      return { ok: true as const, value: { items: answer.value.users, next: answer.value.next } };
    },
    [call, prefix],
  );
  const pages = usePages(load, prefix);
  const { order, said } = useOrder(pages.reload);
  const close = (): void => setOpen(undefined);
  return (
    <section className="co-card" aria-labelledby="users-title">
      <div className="co-head">
        <h2 id="users-title">{t('users.title')}</h2>
        <SearchField label={t('users.search')} value={typed} onChange={setTyped} />
      </div>
      <p className="co-said" role="status">
        {said}
      </p>
      <PagedList
        label={t('users.title')}
        pages={pages}
        empty={t(prefix === '' ? 'users.none' : 'users.noneFound')}
        keyOf={({ user }) => user}
        row={(user) => <UserRow user={user} onOpen={setOpen} />}
      />
      {open?.type === 'send' && <SendDialog user={open.user} order={order} onClose={close} />}
      {open?.type === 'disconnect' && (
        <DisconnectDialog user={open.user} order={order} onClose={close} />
      )}
    </section>
  );
}

function DisconnectDialog({ user, order, onClose }: UserDialogProps) {
  const { t } = useConsoleTexts();
  const { call } = useConsole();
  const confirm = (): void => {
    onClose();
    void order(call('users.disconnect', { user_id: user }), t('disconnect.done', { user }));
  };
  return (
    <Dialog
      title={t('disconnect.title', { user })}
      confirm={t('disconnect.confirm')}
      isDangerous
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{t('disconnect.text')}</p>
    </Dialog>
  );
}

function UserRow({ user, onOpen }: { user: OnlineUser; onOpen: (open: Open) => void }) {
  const { t, count } = useConsoleTexts();
  const { dateTime } = useFormats();
  const rest = user.connections - user.devices.length;
  const devices = Map.groupBy(user.devices, ({ device_type: type }) => type);
  const tipOf = (device: OnlineUser['devices'][number] | undefined): string | undefined =>
    device && `${device.protocol}, ${device.transport}, ${dateTime(device.connected_at)}`;
  return (
    <div className="co-row">
      <div className="co-row-text">
        <strong>{user.user}</strong>
        <span className="co-chips">
          {[...devices].map(([type, [newest, ...others]]) => (
            <span key={type} className="co-chip" title={tipOf(newest)}>
              {t(`device.${type}`)}
              {others.length > 0 && ` × ${others.length + 1}`}
            </span>
          ))}
          <span>{count('users.connections', user.connections)}</span>
          {rest > 0 && <span className="visually-hidden">{t('users.rest', { n: rest })}</span>}
        </span>
      </div>
      <button
        type="button"
        className="button quiet small"
        onClick={() => onOpen({ type: 'send', user: user.user })}
      >
        {t('users.send')}
        <span className="visually-hidden">{` (${user.user})`}</span>
      </button>
      <button
        type="button"
        className="button quiet small"
        onClick={() => onOpen({ type: 'disconnect', user: user.user })}
      >
        {t('users.disconnect')}
        <span className="visually-hidden">{` (${user.user})`}</span>
      </button>
    </div>
  );
}
