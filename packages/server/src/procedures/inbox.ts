/** The inbox procedures and `notify`, over the inbox service. */
import * as declared from '@carillon/protocol/procedures';
import type { InboxService } from '../domain/inbox/inbox-service.ts';
import { requireSubject } from './actor.ts';
import { answer, implement, type Binding } from './binding.ts';
import { countsView, notificationView } from './views.ts';

export const bindInbox = (inbox: InboxService): readonly Binding[] => [
  implement(declared.inboxList, async (input, { actor }) => {
    const owner = requireSubject(actor, undefined, 'user');
    if (!owner.ok) return owner;
    const listed = await inbox.list(owner.value, input);
    if (!listed.ok) return listed;
    const { items, next } = listed.value;
    return answer({
      notifications: items.map(notificationView),
      ...(next !== undefined && { next }),
    });
  }),
  implement(declared.inboxMark, async ({ ids, mark }, { actor }) => {
    const owner = requireSubject(actor, undefined, 'user');
    if (!owner.ok) return owner;
    const marked = await inbox.mark(owner.value, ids, mark);
    if (!marked.ok) return marked;
    const { changedIds, counts } = marked.value;
    return answer({ changed_ids: [...changedIds], counts: countsView(counts) });
  }),
  implement(declared.inboxCounts, async (_input, { actor }) => {
    const owner = requireSubject(actor, undefined, 'user');
    if (!owner.ok) return owner;
    const counts = await inbox.counts(owner.value);
    return counts.ok ? answer(countsView(counts.value)) : counts;
  }),
  implement(declared.notify, async ({ users, data, ...notice }) => {
    const accepted = await inbox.notify(
      { ...notice, ...(data !== undefined && { data: JSON.stringify(data) }) },
      users,
    );
    return accepted.ok ? answer({ ...accepted.value }) : accepted;
  }),
];
