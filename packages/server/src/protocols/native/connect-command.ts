/**
 * `connect`: who it is, then the channels the server subscribes for them (`user:<sub>` and those
 * of the token), recovered from where the client was.
 *
 * A forged token closes with 3500 and a full server with 3504, both terminal; a token that ran out
 * is error 109, after which an SDK fetches a new one and comes back.
 */
import {
  type ConnectReply,
  type ConnectRequest,
  type Disconnect,
  DISCONNECTS,
  ERRORS,
  type Failure,
  type Outcome,
  type StreamPosition,
  type SubscriptionReply,
  encodeConnectReply,
  encodeErrorReply,
  fail,
  ok,
} from '@carillon/protocol';
import type { Identity } from '../../ports/authenticator.ts';
import type { Session, SubscribeOptions, SubscribeResult } from '../../ports/connection-handler.ts';
import { after, all, type Eventually } from '../../ports/eventually.ts';
import type { NativeContext } from './native-context.ts';
import { subscriptionReply, ttlUntil } from './subscription-reply.ts';

const ANONYMOUS: Identity = { user: '' };

/** Resolved only when a connect command comes without a token. */
export type HandshakeIdentity = () => Promise<Outcome<Identity | undefined>>;

export interface ConnectOptions {
  readonly session: Session;
  readonly id: number;
  readonly request: ConnectRequest;
  readonly handshake: HandshakeIdentity | undefined;
  /** Told to clients that speak by requests of their own. */
  readonly control?: ConnectReply['control'];
  /** Where a client stood that comes back with its last event id: newer than what the request says. */
  readonly positions?: ReadonlyMap<string, StreamPosition> | undefined;
  /** The client is told nothing but pushes: every refusal is a disconnect. */
  readonly isOneWay?: boolean;
}

/** The reply, or undefined where the connection was ended instead. `isConnected`: commands may follow. */
export interface ConnectResult {
  readonly reply?: string;
  readonly isConnected: boolean;
}

const identify = (
  { deps }: NativeContext,
  { request, handshake }: ConnectOptions,
): Eventually<Outcome<Identity>> => {
  if (request.token !== '') return deps.authenticator.verifyConnection(request.token);
  if (handshake === undefined) return anonymous(deps);
  return after(handshake(), (presented): Outcome<Identity> => {
    if (!presented.ok) return presented;
    return presented.value === undefined ? anonymous(deps) : ok(presented.value);
  });
};

const anonymous = ({ allowsAnonymous }: NativeContext['deps']): Outcome<Identity> =>
  allowsAnonymous ? ok(ANONYMOUS) : fail('unauthorized', 'a token is needed');

/** Undefined: an error reply is enough. */
const disconnectFor = (failure: Failure, hasToken: boolean): Disconnect | undefined => {
  if (failure.error === 'unauthorized' && hasToken) return DISCONNECTS.invalid_token;
  if (failure.error === 'limit_exceeded') return DISCONNECTS.connection_limit;
  if (failure.error === 'shutting_down') return DISCONNECTS.shutdown;
  return undefined;
};

const oneWayDisconnectFor = (failure: Failure): Disconnect => {
  if (failure.error === 'token_expired') return DISCONNECTS.expired;
  const known = disconnectFor(failure, true);
  if (known !== undefined) return known;
  return ERRORS[failure.error].retry === 'later'
    ? DISCONNECTS.server_error
    : DISCONNECTS.bad_request;
};

const refuse = (
  context: NativeContext,
  { session, id, request, handshake, isOneWay }: ConnectOptions,
  failure: Failure,
): ConnectResult => {
  context.tally.countError(failure.error);
  const disconnect =
    isOneWay === true
      ? oneWayDisconnectFor(failure)
      : disconnectFor(failure, request.token !== '' || handshake !== undefined);
  if (disconnect === undefined) return { reply: encodeErrorReply(id, failure), isConnected: false };
  session.disconnect(disconnect);
  return { isConnected: false };
};

const channelsOf = ({ user, channels }: Identity): readonly string[] => {
  const own = user === '' ? [] : [`user:${user}`];
  return channels === undefined ? own : [...new Set([...own, ...channels])];
};

type ServerSubscriptions = Outcome<ReadonlyMap<string, SubscriptionReply>>;

/** Who comes back and does not say where it was in a channel is told that something may be missing. */
const NOWHERE: StreamPosition = { epoch: '', offset: 0 };

const lastPosition = (
  { request, positions }: ConnectOptions,
  channel: string,
): StreamPosition | undefined => {
  if (positions !== undefined) return positions.get(channel) ?? NOWHERE;
  const last = request.subs.get(channel);
  return last?.recover === true ? { epoch: last.epoch, offset: last.offset } : undefined;
};

const subscribeTo = (
  connecting: ConnectOptions,
  channel: string,
): Eventually<Outcome<SubscribeResult>> => {
  const recoverFrom = lastPosition(connecting, channel);
  const options: SubscribeOptions = { isServerSide: true, wantsJoinLeave: true };
  return connecting.session.subscribe(
    channel,
    recoverFrom === undefined ? options : { ...options, recoverFrom },
  );
};

const subscribeAll = (
  context: NativeContext,
  options: ConnectOptions,
  channels: readonly string[],
): Eventually<ServerSubscriptions> => {
  const subscribing = channels.map((channel) => subscribeTo(options, channel));
  return after(all(subscribing), (outcomes) => repliesOf(context, options, { channels, outcomes }));
};

const repliesOf = (
  { deps }: NativeContext,
  { session }: ConnectOptions,
  {
    channels,
    outcomes,
  }: {
    readonly channels: readonly string[];
    readonly outcomes: readonly Outcome<SubscribeResult>[];
  },
): ServerSubscriptions => {
  const replies = new Map<string, SubscriptionReply>();
  for (const [index, channel] of channels.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) continue;
    if (!outcome.ok) {
      deps.logger.warn(
        { connection: session.id, user: session.user, channel, error: outcome.error },
        'a server-side subscription failed',
      );
      return outcome;
    }
    replies.set(channel, subscriptionReply(outcome.value, deps.clock.now()));
  }
  return ok(replies);
};

/** Authenticated, but without the channels that belong to it: better no connection than half of one. */
const giveUp = (
  context: NativeContext,
  { session, id, isOneWay }: ConnectOptions,
  failure: Failure,
): ConnectResult => {
  context.tally.countError(failure.error);
  if (isOneWay !== true) session.send(encodeErrorReply(id, failure));
  const canComeBack = ERRORS[failure.error].retry === 'later';
  session.disconnect(canComeBack ? DISCONNECTS.server_error : DISCONNECTS.invalid_token);
  return { isConnected: false };
};

export const handleConnect = (
  context: NativeContext,
  options: ConnectOptions,
): Eventually<ConnectResult> =>
  after(identify(context, options), (identity) => {
    if (!identity.ok) return refuse(context, options, identity);
    return admit(context, options, identity.value);
  });

const admit = (
  context: NativeContext,
  options: ConnectOptions,
  identity: Identity,
): Eventually<ConnectResult> => {
  const { session } = options;
  if (session.state !== 'connecting') return { isConnected: false };
  const admitted = session.authenticate(identity);
  // Apart, so that not even a closure is made where the answer is there.
  return admitted instanceof Promise
    ? admitted.then((outcome) => enter(context, options, { identity, admitted: outcome }))
    : enter(context, options, { identity, admitted });
};

const enter = (
  context: NativeContext,
  options: ConnectOptions,
  { identity, admitted }: { readonly identity: Identity; readonly admitted: Outcome<void> },
): Eventually<ConnectResult> => {
  if (!admitted.ok) {
    // It ended while it was being entered: there is nobody to tell.
    if (options.session.state !== 'connecting') return { isConnected: false };
    return refuse(context, options, admitted);
  }
  return after(subscribeAll(context, options, channelsOf(identity)), (subs) =>
    welcome(context, options, { identity, subs }),
  );
};

const welcome = (
  context: NativeContext,
  options: ConnectOptions,
  { identity, subs }: { readonly identity: Identity; readonly subs: ServerSubscriptions },
): ConnectResult => {
  const { session, id, control } = options;
  const { deps, heartbeat } = context;
  if (session.state !== 'ready') return { isConnected: false };
  if (!subs.ok) return giveUp(context, options, subs);
  const ttl = ttlUntil(identity.expiresAt, deps.clock.now());
  const reply = encodeConnectReply(id, {
    client: session.id,
    version: deps.version,
    ping: Math.ceil(heartbeat.intervalMs / 1000),
    pong: heartbeat.timeoutMs > 0,
    subs: subs.value,
    ...(ttl !== undefined && { ttl }),
    ...(control !== undefined && { control }),
  });
  return { reply, isConnected: true };
};
