/**
 * One attempt and the connection that comes of it: token, transports in turn, connect command, then
 * frames, heartbeat and newer tokens until it ends. Tells the machine what happens and decides nothing.
 */
import type { CarillonError } from '../carillon-error.ts';
import type { ClientEnvironment } from '../environment.ts';
import { OPEN_TRANSPORT } from '../transports/open-transport.ts';
import { ABNORMAL_CLOSE, type Transport } from '../transports/transport.ts';
import type { TransportChoice } from '../transports/transport-choice.ts';
import type { MachineEvent } from './connection-machine.ts';
import type { CloseReason, TransportName } from './connection-state.ts';
import { type Heartbeat, createHeartbeat } from './heartbeat.ts';
import { createMessageQueue } from './message-queue.ts';
import type { Requests } from './requests.ts';
import type { Tokens } from './tokens.ts';
import { type ServerMessage, type WireConnected, type WirePush, decodeMessages } from './wire.ts';

/** What is said over the connection. */
export interface LinkChannels {
  /** For the connect command: where we are in the channels that the server subscribes. */
  readonly positions: () => object;
  /** The connect command is on its way: everything that belongs to it goes along. */
  readonly handleOpening: () => void;
  readonly handleWelcome: (reply: WireConnected) => void;
  readonly handlePush: (push: WirePush) => void;
  readonly handleLost: () => void;
  readonly forgetPositions: () => void;
}

export interface LinkSettings {
  /** '' is the page's own. */
  readonly url: string;
  readonly query: string;
  readonly connectTimeoutMs: number;
  readonly heartbeatMs: number;
}

export interface LinkOptions extends LinkSettings {
  readonly environment: ClientEnvironment;
  readonly choice: TransportChoice;
  readonly tokens: Tokens;
  readonly requests: Requests;
  readonly channels: LinkChannels;
  readonly dispatch: (event: MachineEvent) => void;
}

const TOKEN_EXPIRED = 109;
/** The server's next ping may be so late. */
const PING_TOLERANCE_MS = 10_000;
const PROBE_MS = 5000;
const RENEW_AGAIN_MS = 5000;

/** @throws TypeError where there is no URL to be had: an attempt that fails */
const endpoint = (url: string): string =>
  `${new URL(url || '/', globalThis.location?.href).href.replace(/\/$/, '')}/connection`;

const nothing = (): void => {};
const own = (reason: string): CloseReason => ({ code: 0, reason });

export class Link {
  readonly #options: LinkOptions;
  readonly #controller = new AbortController();
  readonly #queue = createMessageQueue((frame) => this.#transport?.send(frame));
  readonly #cancelTimeout: () => void;
  #transport: Transport | undefined;
  #first = '';
  #heartbeat: Heartbeat | undefined;
  #isWelcomed = false;
  #expectsPong = false;
  /** The next transport's turn, later the next token's. */
  #cancelTimer = nothing;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { environment, choice, connectTimeoutMs, dispatch } = options;
    this.#cancelTimeout = environment.clock.after(connectTimeoutMs, () => {
      choice.handleFailure();
      dispatch({ type: 'timed_out' });
    });
  }

  async start(): Promise<void> {
    const { tokens, choice, dispatch } = this.#options;
    const { signal } = this.#controller;
    try {
      const token = await tokens.get(signal);
      if (signal.aborted) return;
      if (token === null) dispatch({ type: 'signed_out' });
      else this.#dial(choice.candidates(), token);
    } catch {
      if (!signal.aborted) dispatch({ type: 'token_failed' });
    }
  }

  push(line: string): void {
    // Nothing but the connect command comes before there is a transport.
    if (this.#transport) this.#queue.push(line);
    else this.#first = line;
  }

  /** Asks for a sign of life. */
  probe(): void {
    this.#options.requests.ask({
      name: 'ping',
      request: {},
      timeoutMs: PROBE_MS,
      onAnswer: nothing,
      onError: ({ name }) => name === 'timeout' && this.#lose(own('no answer')),
    });
  }

  close(): void {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort();
    this.#cancelTimeout();
    this.#heartbeat?.stop();
    this.#letGo();
  }

  #after(delayMs: number, callback: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.environment.clock.after(delayMs, callback);
  }

  #lose(why: CloseReason): void {
    if (!this.#controller.signal.aborted) this.#options.dispatch({ type: 'lost', why });
  }

  #letGo(): void {
    this.#cancelTimer();
    this.#transport?.close();
    this.#transport = undefined;
    this.#queue.clear();
    this.#options.requests.lose();
    this.#options.channels.handleLost();
  }

  #dial([name, ...others]: readonly TransportName[], token: string | undefined): void {
    const { requests, channels, choice, connectTimeoutMs, dispatch } = this.#options;
    if (!name) return dispatch({ type: 'refused', why: own('no transport'), isTemporary: false });
    const handleClose = (why: CloseReason): void => {
      if (this.#controller.signal.aborted) return;
      // What closed with a code has reached the server: another way would lead to the same.
      if (this.#isWelcomed || why.code !== ABNORMAL_CLOSE) return this.#lose(why);
      if (others.length > 0) {
        this.#letGo();
        return this.#dial(others, token);
      }
      choice.handleFailure();
      this.#lose(why);
    };
    requests.ask({
      name: 'connect',
      request: { token, name: 'carillon-js', subs: channels.positions() },
      isEarly: true,
      timeoutMs: connectTimeoutMs,
      onAnswer: (reply) => this.#welcome(name, reply),
      onError: (error) => this.#refuse(error),
    });
    try {
      this.#transport = OPEN_TRANSPORT[name]({
        ...this.#options,
        base: endpoint(this.#options.url),
        first: this.#first,
        onText: (text) => this.#receive(text),
        onClose: handleClose,
      });
    } catch (error) {
      return handleClose({ code: ABNORMAL_CLOSE, reason: String(error) });
    }
    channels.handleOpening();
    if (others.length > 0) {
      const turnMs = connectTimeoutMs / (others.length + 2);
      this.#after(turnMs, () => handleClose({ code: ABNORMAL_CLOSE, reason: 'timeout' }));
    }
  }

  #welcome(transport: TransportName, reply: WireConnected): void {
    const { environment, choice, channels, dispatch, heartbeatMs } = this.#options;
    const { client: clientId, ping, pong, ttl, session = '', node = '' } = reply;
    this.#isWelcomed = true;
    this.#cancelTimeout();
    choice.handleSuccess(transport);
    this.#transport?.welcome(session, node);
    this.#expectsPong = pong === true;
    if (ping) {
      const limitMs = Math.min(heartbeatMs, ping * 1000 + PING_TOLERANCE_MS);
      const handleSilence = (): void => this.#lose(own('no heartbeat'));
      this.#heartbeat = createHeartbeat(environment.clock, limitMs, handleSilence);
    }
    this.#handleTtl(ttl);
    dispatch({ type: 'welcomed', transport, clientId });
    if (!this.#controller.signal.aborted) channels.handleWelcome(reply);
  }

  #refuse({ code, message: reason, isTemporary }: CarillonError): void {
    const { tokens, dispatch } = this.#options;
    // Without a code it is our own doing, and told already.
    if (code === 0) return;
    const isExpired = code === TOKEN_EXPIRED;
    if (isExpired && !tokens.isNew()) dispatch({ type: 'token_expired' });
    else
      dispatch({ type: 'refused', why: { code, reason }, isTemporary: isTemporary || isExpired });
  }

  #receive(text: string): void {
    this.#heartbeat?.hear();
    try {
      for (const message of decodeMessages(text)) {
        if (!this.#controller.signal.aborted) this.#handleMessage(message);
      }
    } catch {
      this.#lose(own('not JSON'));
    }
  }

  #handleMessage(message: ServerMessage): void {
    const { requests, channels } = this.#options;
    const { id, push, error } = message;
    if (id) requests.settle(message);
    else if (push?.disconnect) this.#lose(push.disconnect);
    else if (push?.refresh) this.#handleTtl(push.refresh.ttl);
    else if (push) channels.handlePush(push);
    else if (!error && this.#expectsPong) this.#queue.push('{}');
  }

  #handleTtl(ttl: number | undefined): void {
    const delayMs = this.#options.tokens.handleTtl(ttl);
    if (delayMs === undefined) this.#cancelTimer();
    else this.#after(delayMs, () => void this.#renewToken());
  }

  async #renewToken(): Promise<void> {
    const { tokens, requests, dispatch, environment } = this.#options;
    const { signal } = this.#controller;
    const onError = (): void => {
      if (signal.aborted) return;
      this.#after(RENEW_AGAIN_MS * (0.5 + environment.random()), () => void this.#renewToken());
    };
    try {
      const token = await tokens.renew(signal);
      if (signal.aborted) return;
      if (token === null) return dispatch({ type: 'signed_out' });
      const onAnswer = ({ ttl }: { readonly ttl?: number }): void => this.#handleTtl(ttl);
      requests.ask({ name: 'refresh', request: { token }, onAnswer, onError });
    } catch {
      onError();
    }
  }
}
