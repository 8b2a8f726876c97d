/**
 * Everything a store can be asked, by name. `durability` says what an operation asks of its commit:
 * none (it only reads), relaxed (losing it to a power cut does no harm: it is done again), full.
 */
import * as chat from './chat-repository.ts';
import type { OperationContext } from './executor.ts';
import * as inbox from './inbox-repository.ts';
import * as operator from './operator-repository.ts';
import * as outbox from './outbox-repository.ts';
import * as probe from './probe.ts';
import * as taskChunks from './task-chunk-repository.ts';
import * as tasks from './task-repository.ts';
import * as uploads from './upload-repository.ts';

export type Durability = 'none' | 'relaxed' | 'full';

export interface Operation<Arguments extends readonly unknown[], Value> {
  readonly durability: Durability;
  readonly run: (context: OperationContext, ...parameters: Arguments) => Promise<Value>;
}

const operation =
  (durability: Durability) =>
  <Arguments extends readonly unknown[], Value>(
    run: (context: OperationContext, ...parameters: Arguments) => Promise<Value>,
  ): Operation<Arguments, Value> => ({ durability, run });

const read = operation('none');
const write = operation('full');
const writeRelaxed = operation('relaxed');

export const OPERATIONS = {
  createConversation: write(chat.createConversation),
  getConversation: read(chat.getConversation),
  listConversations: read(chat.listConversations),
  changeMembers: write(chat.changeMembers),
  appendMessage: write(chat.appendMessage),
  listMessages: read(chat.listMessages),
  markRead: write(chat.markRead),
  addNotifications: write(inbox.addNotifications),
  listNotifications: read(inbox.listNotifications),
  listAfter: read(inbox.listAfter),
  markNotifications: write(inbox.markNotifications),
  counts: read(inbox.counts),
  startTask: write(tasks.startTask),
  changeTask: write(tasks.changeTask),
  getTask: read(tasks.getTask),
  listTasks: read(tasks.listTasks),
  appendChunks: write(taskChunks.appendChunks),
  listChunks: read(taskChunks.listChunks),
  addUpload: write(uploads.addUpload),
  getUpload: read(uploads.getUpload),
  uploadedSince: read(uploads.uploadedSince),
  keepUpload: write(uploads.keepUpload),
  dropUnused: write(uploads.dropUnused),
  removeDropped: write(uploads.removeDropped),
  addPush: write(outbox.addPush),
  claim: write(outbox.claim),
  complete: writeRelaxed(outbox.complete),
  retry: write(outbox.retry),
  bury: write(outbox.bury),
  stats: read(outbox.stats),
  listAllTasks: read(operator.listAllTasks),
  listBuried: read(operator.listBuried),
  unbury: write(operator.unbury),
  discardBuried: write(operator.discardBuried),
  listUsers: read(operator.listUsers),
  countUsers: read(operator.countUsers),
  abandonLeases: write(outbox.abandonAllLeases),
  ping: write(probe.writeProbe),
};

export type OperationName = keyof typeof OPERATIONS;

type OperationOf<Name extends OperationName> = (typeof OPERATIONS)[Name];

export type ArgumentsOf<Name extends OperationName> =
  OperationOf<Name> extends Operation<infer Arguments, unknown> ? Arguments : never;

export type ValueOf<Name extends OperationName> =
  OperationOf<Name> extends Operation<infer _, infer Value> ? Value : never;
