/** Pushes that were given up: why, and another try for one or for all. */
import { useCallback, useState } from 'react';
import type { MethodOutput } from '@carillon/client';
import { Dialog } from '../shell/dialog.tsx';
import { PagedList } from '../shell/paged-list.tsx';
import { useConsole } from '../shell/use-console.ts';
import { useOrder } from '../shell/use-order.ts';
import type { Order } from '../shell/use-order.ts';
import { usePages } from '../shell/use-pages.ts';
import { useConsoleTexts, useFormats } from '../use-console-texts.ts';

type Push = MethodOutput<'console.pushes'>['pushes'][number];

const PAGE = 50;
const NAMED_USERS = 3;

export function PushesTab() {
  const { t } = useConsoleTexts();
  const { call } = useConsole();
  const [discarding, setDiscarding] = useState<Push | undefined>(undefined);
  const [sendsAll, setSendsAll] = useState(false);
  const load = useCallback(
    async (cursor: string | undefined) => {
      const answer = await call('console.pushes', {
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (!answer.ok) return answer;
      return { ok: true as const, value: { items: answer.value.pushes, next: answer.value.next } };
    },
    [call],
  );
  const pages = usePages(load, 'pushes');
  const { order, said } = useOrder(pages.reload);
  const resend = (ids: number[] | 'all'): void => {
    void order(call('console.resendPushes', { ids }), t('pushes.resent'));
  };
  return (
    <section className="co-card" aria-labelledby="pushes-title">
      <div className="co-head">
        <h2 id="pushes-title">{t('pushes.title')}</h2>
        {pages.items.length > 0 && (
          <button type="button" className="button small" onClick={() => setSendsAll(true)}>
            {t('pushes.resendAll')}
          </button>
        )}
      </div>
      <p className="co-lead">{t('pushes.lead')}</p>
      <p className="co-said" role="status">
        {said}
      </p>
      <PagedList
        label={t('pushes.title')}
        pages={pages}
        empty={t('pushes.none')}
        keyOf={({ id }) => String(id)}
        row={(push) => (
          <PushRow push={push} onResend={({ id }) => resend([id])} onDiscard={setDiscarding} />
        )}
      />
      {sendsAll && (
        <ResendAllDialog onConfirm={() => resend('all')} onClose={() => setSendsAll(false)} />
      )}
      {discarding !== undefined && (
        <DiscardDialog push={discarding} order={order} onClose={() => setDiscarding(undefined)} />
      )}
    </section>
  );
}

function ResendAllDialog(props: { onConfirm: () => void; onClose: () => void }) {
  const { onConfirm, onClose } = props;
  const { t } = useConsoleTexts();
  const confirm = (): void => {
    onClose();
    onConfirm();
  };
  return (
    <Dialog
      title={t('pushes.askAll')}
      confirm={t('pushes.resendAll')}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{t('pushes.askAllText')}</p>
    </Dialog>
  );
}

function DiscardDialog(props: { push: Push; order: Order; onClose: () => void }) {
  const { push, order, onClose } = props;
  const { t } = useConsoleTexts();
  const { call } = useConsole();
  const confirm = (): void => {
    onClose();
    void order(call('console.discardPushes', { ids: [push.id] }), t('pushes.discarded'));
  };
  return (
    <Dialog
      title={t('pushes.askDiscard')}
      confirm={t('pushes.discard')}
      isDangerous
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{t('pushes.askDiscardText')}</p>
    </Dialog>
  );
}

interface PushRowProps {
  readonly push: Push;
  readonly onResend: (push: Push) => void;
  readonly onDiscard: (push: Push) => void;
}

function PushRow({ push, onResend, onDiscard }: PushRowProps) {
  const { t, count } = useConsoleTexts();
  const { dateTime } = useFormats();
  const named = push.users.slice(0, NAMED_USERS);
  const rest = push.users_count - named.length;
  return (
    <div className="co-row">
      <div className="co-row-text">
        <strong>
          {named.join(', ')}
          {rest > 0 && ` ${t('pushes.others', { n: rest })}`}
        </strong>
        <span className="co-reason">{push.reason}</span>
        <span className="co-chips">
          <span className="co-chip">{t(`pushes.kind.${push.kind}`)}</span>
          <span>{count('pushes.attempts', push.attempts)}</span>
          <span>{dateTime(push.failed_at)}</span>
        </span>
      </div>
      <button type="button" className="button quiet small" onClick={() => onResend(push)}>
        {t('pushes.resend')}
        <span className="visually-hidden">{` (${named.join(', ')})`}</span>
      </button>
      <button type="button" className="button quiet small" onClick={() => onDiscard(push)}>
        {t('pushes.discard')}
        <span className="visually-hidden">{` (${named.join(', ')})`}</span>
      </button>
    </div>
  );
}
