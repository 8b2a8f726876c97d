/** The store's ports as calls by name. */
import type { Store } from '../../ports/store.ts';
import type { WorkerClient } from './worker-client.ts';

export function createStorePorts(
  client: Pick<WorkerClient, 'call'>,
): Pick<Store, 'chat' | 'inbox' | 'tasks' | 'uploads' | 'outbox' | 'operator'> {
  return {
    chat: {
      createConversation: (input) => client.call('createConversation', input),
      getConversation: (id) => client.call('getConversation', id),
      listConversations: (user, page) => client.call('listConversations', user, page),
      changeMembers: (id, change) => client.call('changeMembers', id, change),
      appendMessage: (input) => client.call('appendMessage', input),
      listMessages: (id, range) => client.call('listMessages', id, range),
      markRead: (id, user, seq) => client.call('markRead', id, { user, seq }),
    },
    inbox: {
      addNotifications: (input, users, pushTo) =>
        client.call('addNotifications', input, { users, pushTo }),
      listNotifications: (user, query) => client.call('listNotifications', user, query),
      listAfter: (user, seq, limit) => client.call('listAfter', user, { seq, limit }),
      markNotifications: (user, ids, mark) => client.call('markNotifications', user, { ids, mark }),
      counts: (user) => client.call('counts', user),
    },
    tasks: {
      startTask: (input) => client.call('startTask', input),
      changeTask: (id, change) => client.call('changeTask', id, change),
      getTask: (id) => client.call('getTask', id),
      listTasks: (owner, page) => client.call('listTasks', owner, page),
      appendChunks: (id, added) => client.call('appendChunks', id, added),
      listChunks: (id, page) => client.call('listChunks', id, page),
    },
    uploads: {
      addUpload: (upload, quota) => client.call('addUpload', upload, quota),
      getUpload: (id) => client.call('getUpload', id),
      uploadedSince: (owner, quota) => client.call('uploadedSince', owner, quota),
      keepUpload: (id) => client.call('keepUpload', id),
      dropUnused: (before, limit) => client.call('dropUnused', before, limit),
      removeDropped: (ids) => client.call('removeDropped', ids),
    },
    outbox: {
      add: (_kind, reference, pushTo) => client.call('addPush', reference, pushTo),
      claim: (limit, leaseMs) => client.call('claim', limit, leaseMs),
      complete: (ids) => client.call('complete', ids),
      retry: (id, next) => client.call('retry', id, next),
      bury: (id, reason) => client.call('bury', id, reason),
      stats: () => client.call('stats'),
    },
    operator: {
      listAllTasks: (query) => client.call('listAllTasks', query),
      listBuried: (page) => client.call('listBuried', page),
      unbury: (ids) => client.call('unbury', ids),
      discardBuried: (ids) => client.call('discardBuried', ids),
      listUsers: (page) => client.call('listUsers', page),
      countUsers: () => client.call('countUsers'),
    },
  };
}
