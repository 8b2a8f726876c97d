/**
 * One channel's place on the connection: what is wanted, where we are in its stream, and what follows
 * from each thing the server says. A publication is passed on once and in order; what is missing is
 * fetched from the server, and told as a gap where the server no longer has it.
 */
import { CarillonError } from '../carillon-error.ts';
import type { ChannelState, Gap, Publication, Publisher, StreamPosition } from '../channel.ts';
import { pauseMs } from '../connection/backoff.ts';
import type { Requests } from '../connection/requests.ts';
import type {
  WireClose,
  WireInfo,
  WirePublication,
  WirePush,
  WireSubscription,
} from '../connection/wire.ts';
import type { ClientEnvironment } from '../environment.ts';
import { createListeners } from '../listeners.ts';
import { createWritable } from '../readable.ts';

export interface SubscriptionOptions {
  readonly name: string;
  readonly environment: ClientEnvironment;
  readonly requests: () => Requests;
  readonly isConnected: () => boolean;
  /** The server does not answer. */
  readonly loseConnection: () => void;
  /** Of a channel that the server has subscribed. */
  readonly onServerPublication: (publication: Publication) => void;
  readonly onServerGap: (gap: Gap) => void;
}

export type Subscription = ReturnType<typeof createSubscription>;

const RETRY = { minMs: 500, maxMs: 20_000 };
const ALREADY_SUBSCRIBED = 105;
/** From here on an unsubscribe push asks to subscribe again. */
const SUBSCRIBE_AGAIN = 2500;
const STATE_INVALIDATED = 2502;

export const toPublisher = ({ user, client, conn_info, chan_info }: WireInfo): Publisher => ({
  user,
  client,
  ...(conn_info !== undefined && { connInfo: conn_info }),
  ...(chan_info !== undefined && { chanInfo: chan_info }),
});

export const toPublication = ({ info, ...rest }: WirePublication): Publication =>
  info ? { ...rest, info: toPublisher(info) } : rest;

export function createSubscription(options: SubscriptionOptions) {
  const { name, environment } = options;
  const state = createWritable<ChannelState>({ status: 'unsubscribed' });
  const publications = createListeners<Publication>();
  const gaps = createListeners<Gap>();
  const joins = createListeners<Publisher>();
  const leaves = createListeners<Publisher>();
  let holders = 0;
  let isServerSide = false;
  /** Publications may have come before: what is not recovered now was missed. */
  let isContinued = false;
  let position: StreamPosition | undefined;
  let asksForJoins = false;
  /** A subscribe command is under way. */
  let isAsking = false;
  /** Counts subscribe commands: only the last one's answer matters. */
  let turn = 0;
  let retries = 0;
  let cancelRetry = (): void => {};

  const isLive = (): boolean => state.get().status === 'subscribed';
  const wantsJoins = (): boolean => joins.count() + leaves.count() > 0;

  /** Whatever is under way is of no interest any more. */
  const settle = (next: ChannelState): void => {
    turn += 1;
    isAsking = false;
    cancelRetry();
    state.set(next);
  };

  const tellGap = (from: StreamPosition | undefined, to: StreamPosition | undefined): void => {
    const gap = { channel: name, ...(from && { from }), ...(to && { to }) };
    gaps.emit(gap);
    if (isServerSide) options.onServerGap(gap);
  };

  const pass = (wire: WirePublication): void => {
    const publication = toPublication(wire);
    publications.emit(publication);
    if (isServerSide) options.onServerPublication(publication);
  };

  const handleReply = (reply: WireSubscription): void => {
    const { epoch = '', offset = 0, recovered, data, publications: missed = [] } = reply;
    const from = position;
    const end = reply.recoverable ? { epoch, offset } : undefined;
    const wasRecovered = !isContinued || recovered === true;
    isContinued = true;
    retries = 0;
    const isRecovered = recovered === true && from !== undefined;
    position = end && isRecovered ? { epoch, offset: from.offset } : end;
    settle({ status: 'subscribed', wasRecovered, ...(data !== undefined && { data }) });
    const mine = turn;
    if (!wasRecovered) tellGap(from, end);
    for (const publication of missed) {
      if (mine !== turn) return;
      handlePublication(publication, true);
    }
    // Publications that are not for this user leave holes: the end is what the server says.
    if (mine === turn) position = end;
  };

  const handlePublication = (publication: WirePublication, isReplayed = false): void => {
    const { offset } = publication;
    if (offset && position) {
      const { epoch } = position;
      if (offset <= position.offset) return;
      if (offset > position.offset + 1 && !isReplayed) {
        if (!isServerSide) return resubscribe();
        tellGap(position, { epoch, offset: offset - 1 });
      }
      position = { epoch, offset };
    }
    pass(publication);
  };

  const retryLater = (): void => {
    settle({ status: 'subscribing' });
    retries += 1;
    const delayMs = pauseMs(RETRY, retries - 1, environment.random());
    cancelRetry = environment.clock.after(delayMs, () => start());
  };

  const handleError = (error: CarillonError): void => {
    if (error.name === 'timeout') options.loseConnection();
    else if (error.code === ALREADY_SUBSCRIBED && isServerSide) return;
    else if (error.isTemporary) error.code && retryLater();
    else {
      isContinued = false;
      position = undefined;
      settle({ status: 'failed', error });
    }
  };

  const start = (isEarly = false): void => {
    settle({ status: 'subscribing' });
    const mine = turn;
    isAsking = true;
    asksForJoins = wantsJoins();
    options.requests().ask({
      name: 'subscribe',
      isEarly,
      request: {
        channel: name,
        recoverable: true,
        ...(asksForJoins && { join_leave: true }),
        ...(position && { recover: true, ...position }),
      },
      onAnswer: (reply) => mine === turn && handleReply(reply),
      onError: (error) => mine === turn && handleError(error),
    });
  };

  const unsubscribe = (): void =>
    options.requests().ask({
      name: 'unsubscribe',
      // Right behind the subscribe command it belongs to, or on no connection at all.
      isEarly: true,
      request: { channel: name },
      onAnswer() {},
      onError() {},
    });

  const resubscribe = (): void => {
    unsubscribe();
    start();
  };

  const handleUnsubscribed = ({ code, reason: message }: WireClose): void => {
    if (code === STATE_INVALIDATED) position = undefined;
    if (isServerSide) {
      isServerSide = false;
      isContinued = false;
      position = undefined;
    }
    if (holders === 0) settle({ status: 'unsubscribed' });
    else if (code >= SUBSCRIBE_AGAIN) retryLater();
    else handleError(new CarillonError({ code, message, isTemporary: false }));
  };

  const letGo = (): void => {
    if (holders > 0 || isServerSide) return;
    const wasUnderWay = isAsking || isLive();
    isContinued = false;
    position = undefined;
    settle({ status: 'unsubscribed' });
    if (wasUnderWay) unsubscribe();
  };

  const listenFor = (listeners: typeof joins, listener: (who: Publisher) => void): (() => void) => {
    const stop = listeners.add(listener);
    // Who comes and goes is told to those who asked for it with the subscription.
    if (!asksForJoins && !isServerSide && isLive() && options.isConnected()) resubscribe();
    return stop;
  };

  return {
    state,
    position: () => position,
    isServerSide: () => isServerSide,
    hold(): () => void {
      holders += 1;
      const { status } = state.get();
      if (status === 'unsubscribed' || status === 'failed') {
        if (options.isConnected()) start();
        else settle({ status: 'subscribing' });
      }
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holders -= 1;
        // Who is replaced in this very moment (a page's part by another) keeps the channel.
        queueMicrotask(letGo);
      };
    },
    onPublication: publications.add,
    onGap: gaps.add,
    onJoin: (listener: (who: Publisher) => void) => listenFor(joins, listener),
    onLeave: (listener: (who: Publisher) => void) => listenFor(leaves, listener),
    /** A connection is being made: our part of its first frame. */
    handleOpening() {
      if (holders > 0 && !isServerSide && state.get().status !== 'failed') start(true);
    },
    handleLost() {
      if (state.get().status === 'failed') return;
      settle({ status: holders > 0 || isServerSide ? 'subscribing' : 'unsubscribed' });
    },
    /** Connected: the server has subscribed us, or has not (undefined). */
    handleServerReply(reply: WireSubscription | undefined) {
      if (reply) {
        isServerSide = true;
        handleReply(reply);
      } else if (isServerSide) {
        handleUnsubscribed({ code: SUBSCRIBE_AGAIN, reason: '' });
      } else if (holders > 0 && !isAsking && state.get().status === 'subscribing') {
        // Held since the first frame left.
        start();
      }
    },
    handlePush({ pub, join, leave, subscribe, unsubscribe: ended }: WirePush) {
      if (subscribe) {
        isServerSide = true;
        handleReply(subscribe);
      }
      if (ended) handleUnsubscribed(ended);
      if (!isLive()) return;
      if (pub) handlePublication(pub);
      if (join) joins.emit(toPublisher(join.info));
      if (leave) leaves.emit(toPublisher(leave.info));
    },
    forgetPosition() {
      position = undefined;
    },
  };
}
