/** What travels in a channel. Payloads stay the JSON text they came as, from publisher to socket. */

/** JSON text that has been parsed once at the edge (or made by us) and is known to be valid. */
export type RawJson = string & { readonly __rawJson?: never };

/** Who published, joined or left, as Centrifuge's ClientInfo. */
export interface ClientInfo {
  readonly user: string;
  /** Connection id. */
  readonly client: string;
  readonly connInfo?: RawJson;
  readonly chanInfo?: RawJson;
}

export interface Publication {
  readonly data: RawJson;
  /** Position in the channel's history; absent in channels without history. */
  readonly offset?: number;
  readonly info?: ClientInfo;
  readonly tags?: Readonly<Record<string, string>>;
  /** No connection of this user gets it (the sender of a chat message, say). Never on the wire. */
  readonly excludeUser?: string;
  /** Plain endpoints skip it: their clients know only the shapes they were written for. */
  readonly nativeOnly?: boolean;
}

/** A place in a channel's history. An offset means nothing without its epoch. */
export interface StreamPosition {
  readonly epoch: string;
  readonly offset: number;
}

export type ChannelEvent =
  | { readonly type: 'publication'; readonly publication: Publication }
  | {
      readonly type: 'join' | 'leave';
      readonly info: ClientInfo;
      /** Connections in the channel then, in the whole cluster; absent where nobody could tell. */
      readonly clients?: number;
    };
