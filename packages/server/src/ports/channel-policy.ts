import type { Outcome, RawJson } from '@carillon/protocol';
import type { PublishResult } from './broker.ts';

export interface ClientPublication {
  readonly user: string;
  readonly connectionId: string;
  readonly channel: string;
  readonly data: RawJson;
  readonly idempotencyKey?: string;
}

/**
 * What the core asks the domain about its namespaces (`chat`, `user`, `task`, `room`).
 * Answers may be immediate, so that a cached membership costs no promise.
 */
export interface ChannelPolicy {
  /** Rule `member`. */
  isMember(user: string, channel: string): boolean | Promise<boolean>;
  /** Rule `owner`: `user:<id>` is owned by that user, `task:<id>` by who it was started for. */
  isOwner(user: string, channel: string): boolean | Promise<boolean>;
  /** `data` of the subscribe reply: a task's snapshot; undefined where a channel has none. */
  subscribeData(user: string, channel: string): Promise<RawJson | undefined> | undefined;
  /** Takes a client's publication over where it has to be stored first (`room:`); undefined: the core publishes it. */
  handlePublish(publication: ClientPublication): Promise<Outcome<PublishResult>> | undefined;
  /** Some node changed it: what is remembered of it is no longer true. */
  handleInvalidate?(what: 'conversation', id: string): void;
}
