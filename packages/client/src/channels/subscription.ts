/**
 * One channel's place on the connection: what is wanted, where we are in its stream, and what follows
 * from each thing the server says. A publication is passed on once and in order; what is missing is
 * fetched from the server, and told as a gap where the server no longer has it.
 */
import { CarillonError } from '../carillon-error.ts';
import type { ChannelState, Gap, Publication, Publisher, StreamPosition } from '../channel.ts';
import { pauseMs } from '../connection/backoff.ts';
import type { Requests } from '../connection/requests.ts';
import type { WireClose, WirePublication, WirePush, WireSubscription } from '../connection/wire.ts';
import type { ClientEnvironment } from '../environment.ts';
import { createListeners } from '../listeners.ts';
import { createWritable } from '../readable.ts';
import { toPublication, toPublisher } from './publication.ts';

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

const RETRY = { minMs: 500, maxMs: 20_000 };
const ALREADY_SUBSCRIBED = 105;
/** From here on an unsubscribe push asks to subscribe again. */
const SUBSCRIBE_AGAIN = 2500;
const STATE_INVALIDATED = 2502;

/** The same objects each time: nobody is told of what does not change. */
const SUBSCRIBING = { status: 'subscribing' } as const;
const UNSUBSCRIBED = { status: 'unsubscribed' } as const;

const nothing = (): void => {};

export class Subscription {
  readonly state = createWritable<ChannelState>(UNSUBSCRIBED);
  readonly publications = createListeners<Publication>();
  readonly gaps = createListeners<Gap>();
  readonly joins = createListeners<Publisher>();
  readonly leaves = createListeners<Publisher>();
  position: StreamPosition | undefined;
  isServerSide = false;
  readonly #options: SubscriptionOptions;
  #holders = 0;
  /** Publications may have come before: what is not recovered now was missed. */
  #isContinued = false;
  #asksForJoins = false;
  /** A subscribe command is under way. */
  #isAsking = false;
  /** Changes whenever what is under way is of no interest any more. */
  #turn = 0;
  #retries = 0;
  #cancelRetry = nothing;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  /** Goes on where another connection of ours has ended. Before it is subscribed. */
  resume(position: StreamPosition, isServerSide: boolean): void {
    this.position = position;
    this.isServerSide ||= isServerSide;
    this.#isContinued = true;
  }

  hold(): () => void {
    this.#holders += 1;
    const { status } = this.state.get();
    if (status === 'unsubscribed' || status === 'failed') {
      if (this.#options.isConnected()) this.#start();
      else this.#settle(SUBSCRIBING);
    }
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holders -= 1;
      // Who is replaced in this very moment (a page's part by another) keeps the channel.
      queueMicrotask(() => this.#letGo());
    };
  }

  /** Who comes and goes is told to those who asked for it with the subscription. */
  handleJoinListener(): void {
    const isWanting = !this.#asksForJoins && !this.isServerSide;
    if (isWanting && this.#isLive() && this.#options.isConnected()) this.#resubscribe();
  }

  /** A connection is being made: our part of its first frame. */
  handleOpening(): void {
    if (this.#holders > 0 && !this.isServerSide && this.state.get().status !== 'failed') {
      this.#start(true);
    }
  }

  handleLost(): void {
    if (this.state.get().status === 'failed') return;
    const isWanted = this.#holders > 0 || this.isServerSide;
    this.#settle(isWanted ? SUBSCRIBING : UNSUBSCRIBED);
  }

  /** Connected: the server has subscribed us, or has not (undefined). */
  handleWelcome(reply: WireSubscription | undefined): void {
    if (reply) this.#handleServerReply(reply);
    else if (this.isServerSide) this.#handleUnsubscribed({ code: SUBSCRIBE_AGAIN, reason: '' });
    else if (this.#holders > 0 && !this.#isAsking && this.state.get().status === 'subscribing') {
      // Held since the first frame left.
      this.#start();
    }
  }

  handlePush({ pub, join, leave, subscribe, unsubscribe }: WirePush): void {
    if (subscribe) this.#handleServerReply(subscribe);
    if (unsubscribe) this.#handleUnsubscribed(unsubscribe);
    if (!this.#isLive()) return;
    if (pub) this.#handlePublication(pub);
    if (join) this.joins.emit(toPublisher(join.info));
    if (leave) this.leaves.emit(toPublisher(leave.info));
  }

  #isLive(): boolean {
    return this.state.get().status === 'subscribed';
  }

  #settle(next: ChannelState): void {
    this.#turn += 1;
    this.#isAsking = false;
    this.#cancelRetry();
    this.state.set(next);
  }

  #forget(): void {
    this.#isContinued = false;
    this.position = undefined;
  }

  #start(isEarly = false): void {
    this.#settle(SUBSCRIBING);
    const turn = this.#turn;
    this.#isAsking = true;
    this.#asksForJoins = this.joins.count() + this.leaves.count() > 0;
    const { name: channel, requests } = this.#options;
    requests().ask({
      name: 'subscribe',
      isEarly,
      request: {
        channel,
        recoverable: true,
        ...(this.#asksForJoins && { join_leave: true }),
        ...(this.position && { recover: true, ...this.position }),
      },
      onAnswer: (reply) => turn === this.#turn && this.#handleReply(reply),
      onError: (error) => turn === this.#turn && this.#handleError(error),
    });
  }

  #unsubscribe(): void {
    const { name: channel, requests } = this.#options;
    requests().ask({
      name: 'unsubscribe',
      // Right behind the subscribe command it belongs to, or on no connection at all.
      isEarly: true,
      request: { channel },
      onAnswer: nothing,
      onError: nothing,
    });
  }

  #resubscribe(): void {
    this.#unsubscribe();
    this.#start();
  }

  #retryLater(): void {
    const { clock, random } = this.#options.environment;
    this.#settle(SUBSCRIBING);
    this.#cancelRetry = clock.after(pauseMs(RETRY, this.#retries, random()), () => this.#start());
    this.#retries += 1;
  }

  #letGo(): void {
    if (this.#holders > 0 || this.isServerSide) return;
    const isUnderWay = this.#isAsking || this.#isLive();
    this.#forget();
    this.#settle(UNSUBSCRIBED);
    if (isUnderWay) this.#unsubscribe();
  }

  #handleServerReply(reply: WireSubscription): void {
    this.isServerSide = true;
    this.#handleReply(reply);
  }

  #handleReply(reply: WireSubscription): void {
    const { epoch = '', offset = 0, recovered, data, publications: missed = [] } = reply;
    const from = this.position;
    const end = reply.recoverable ? { epoch, offset } : undefined;
    const wasRecovered = !this.#isContinued || recovered === true;
    this.#isContinued = true;
    this.#retries = 0;
    this.position = recovered && from ? { epoch, offset: from.offset } : end;
    this.#settle({ status: 'subscribed', wasRecovered, ...(data !== undefined && { data }) });
    const turn = this.#turn;
    if (!wasRecovered) this.#tellGap(from, end);
    for (const publication of missed) {
      if (turn === this.#turn) this.#handlePublication(publication, true);
    }
    if (turn !== this.#turn) return;
    // Publications that are not for this user leave holes: the end is what the server says.
    this.position = end;
    // Somebody began to ask who comes and goes while the answer was on its way.
    if (this.joins.count() + this.leaves.count() > 0) this.handleJoinListener();
  }

  #handleError(error: CarillonError): void {
    const { name, code, isTemporary } = error;
    if (name === 'timeout') this.#options.loseConnection();
    // Of the connection, which starts us again.
    else if (code === 0) return;
    else if (code === ALREADY_SUBSCRIBED) {
      if (!this.isServerSide) this.#resubscribe();
    } else if (isTemporary) this.#retryLater();
    else {
      this.#forget();
      this.#settle({ status: 'failed', error });
    }
  }

  #handleUnsubscribed({ code, reason: message }: WireClose): void {
    // It is about the subscription before the one that we wait for.
    if (this.#isAsking) return;
    if (this.isServerSide) this.#forget();
    this.isServerSide = false;
    if (code === STATE_INVALIDATED) this.position = undefined;
    if (this.#holders === 0) this.#settle(UNSUBSCRIBED);
    else if (code >= SUBSCRIBE_AGAIN) this.#retryLater();
    else this.#handleError(new CarillonError({ code, message, isTemporary: false }));
  }

  #handlePublication(wire: WirePublication, isReplayed = false): void {
    const { offset } = wire;
    const { position } = this;
    if (offset && position) {
      const { epoch } = position;
      if (offset <= position.offset) return;
      if (offset > position.offset + 1 && !isReplayed) {
        // Fetched with a new subscription, where that is ours to make.
        if (!this.isServerSide) return this.#resubscribe();
        this.#tellGap(position, { epoch, offset: offset - 1 });
      }
      this.position = { epoch, offset };
    }
    const publication = toPublication(wire);
    this.publications.emit(publication);
    if (this.isServerSide) this.#options.onServerPublication(publication);
  }

  #tellGap(from: StreamPosition | undefined, to: StreamPosition | undefined): void {
    const gap = { channel: this.#options.name, ...(from && { from }), ...(to && { to }) };
    this.gaps.emit(gap);
    if (this.isServerSide) this.#options.onServerGap(gap);
  }
}
