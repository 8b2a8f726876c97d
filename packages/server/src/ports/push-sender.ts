import type { RawJson } from '@carillon/protocol';

/** One thing a person who is away should learn, addressed to the person, not to a token. */
export interface Push {
  /** Same id on every attempt, so that a receiver can drop repeats. */
  readonly id: string;
  readonly user: string;
  readonly title: string;
  readonly body: string;
  readonly link?: string;
  readonly data?: RawJson;
  /** A newer push with the same key replaces an older one. */
  readonly collapseKey?: string;
  /** Absolute unread total for the badge. */
  readonly badge?: number;
  /** Only phones and tablets should show it. */
  readonly mobileOnly?: boolean;
  readonly createdAt: number;
}

/** `retry`: not delivered, worth another try after `afterMs` or the caller's back-off; `dropped`: never will be. */
export type PushResult =
  | { readonly type: 'delivered' }
  | { readonly type: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly type: 'dropped'; readonly reason: string };

export interface PushSender {
  readonly name: string;
  /** Never rejects. */
  send(push: Push): Promise<PushResult>;
  close(): Promise<void>;
}
