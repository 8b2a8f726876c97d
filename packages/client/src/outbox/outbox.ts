/** The offline queue: calls that are kept, over reloads too, until the server has answered them. */
import type { Method, MethodInput } from '@carillon/protocol/procedures';
import type { Readable } from '../readable.ts';

export interface OutboxItem {
  /** Goes with the call as its client id: a repeat changes nothing. */
  readonly id: string;
  readonly method: Method;
  readonly input: unknown;
  /** Items of one key are sent one after the other, in this order. */
  readonly key: string;
  readonly createdAtMs: number;
  readonly state: 'queued' | 'sending' | 'failed';
  readonly attempts: number;
  /** Of the last refusal, where `failed`. */
  readonly error?: { readonly code: number; readonly message: string };
}

export interface Outbox {
  /** In the order of sending. */
  readonly items: Readable<readonly OutboxItem[]>;
  /**
   * @throws CarillonError `queue_full`
   */
  add<M extends Method>(item: {
    readonly id: string;
    readonly method: M;
    readonly input: MethodInput<M>;
    readonly key: string;
  }): void;
  retry(id: string): void;
  discard(id: string): void;
  /** Told when the server has taken one. */
  onSent(listener: (item: OutboxItem, result: unknown) => void): () => void;
  close(): void;
}
