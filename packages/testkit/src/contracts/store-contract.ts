/**
 * What every store must do, whatever database is behind it: the rules of ports/*-store.ts.
 * Each group lives in a file of its own; an adapter's test calls this one.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chatStoreContract } from './store-chat-contract.ts';
import { inboxStoreContract } from './store-inbox-contract.ts';
import { operatorStoreContract } from './store-operator-contract.ts';
import { outboxStoreContract } from './store-outbox-contract.ts';
import type { StoreUnderTest } from './store-subject.ts';
import { taskStoreContract } from './store-task-contract.ts';
import { uploadStoreContract } from './store-upload-contract.ts';

export function storeContract(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  describe(`store contract: ${name}`, () => {
    let subject: StoreUnderTest;
    beforeEach(async () => {
      subject = await makeStore();
    });
    afterEach(() => subject.remove());

    describe('chat', () => chatStoreContract(() => subject));
    describe('inbox', () => inboxStoreContract(() => subject));
    describe('tasks', () => taskStoreContract(() => subject));
    describe('uploads', () => uploadStoreContract(() => subject));
    describe('outbox', () => outboxStoreContract(() => subject));
    describe('operator', () => operatorStoreContract(() => subject));

    it('answers a ping while it can save', async () => {
      await expect(subject.store.ping()).resolves.toBeUndefined();
    });

    it('refuses everything after it was closed, with a coded error', async () => {
      await subject.store.close();
      await expect(subject.store.ping()).rejects.toMatchObject({ name: 'StoreUnavailableError' });
      await expect(subject.store.inbox.counts('ann')).rejects.toMatchObject({
        name: 'StoreUnavailableError',
      });
    });

    it('finishes what was asked before the close', async () => {
      const counts = subject.store.inbox.counts('ann');
      await subject.store.close();
      await expect(counts).resolves.toEqual({ unread: 0, unseen: 0, total: 0, rev: 0 });
    });
  });
}
