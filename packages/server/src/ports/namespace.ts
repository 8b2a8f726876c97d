/** Who may subscribe or publish: see docs/configuration.md. `owner` and `member` are answered by the ChannelPolicy. */
export type AccessRule = 'anyone' | 'authenticated' | 'owner' | 'member' | 'token' | 'none';

/** Rules of all channels `<name>:…`; the name '' rules channels without a prefix. */
export interface Namespace {
  readonly name: string;
  readonly subscribe: AccessRule;
  readonly publish: AccessRule;
  /** 0: no history, no offsets. */
  readonly historySize: number;
  readonly historyTtlMs: number;
  /** Subscriptions are positioned and may recover. Needs history. */
  readonly canRecover: boolean;
  readonly hasPresence: boolean;
  readonly hasJoinLeave: boolean;
  /** What to do with a connection that does not keep up: end it, or keep only this channel's newest publication for it. */
  readonly slowConsumer: 'disconnect' | 'latest';
}
