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

/** What is said over the connection; its position is asked for at each attempt. */
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

export interface LinkOptions {
  readonly base: string;
  readonly query: string;
  readonly connectTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly environment: ClientEnvironment;
  readonly choice: TransportChoice;
  readonly tokens: Tokens;
  readonly requests: Requests;
  readonly channels: LinkChannels;
  readonly dispatch: (event: MachineEvent) => void;
}

export interface Link {
  readonly push: (line: string) => void;
  /** Asks for a sign of life. */
  readonly probe: () => void;
  readonly lose: (why: CloseReason) => void;
  readonly close: () => void;
}

const TOKEN_EXPIRED = 109;
/** The server's next ping may be so late. */
const PING_TOLERANCE_MS = 10_000;
const PROBE_MS = 5000;
const RENEW_AGAIN_MS = 5000;

const nothing = (): void => {};

export function openLink(options: LinkOptions): Link {
  const { environment, choice, tokens, requests, channels, dispatch, connectTimeoutMs } = options;
  const { clock } = environment;
  const controller = new AbortController();
  const { signal } = controller;
  const queue = createMessageQueue((frame) => transport?.send(frame));
  let transport: Transport | undefined;
  let first = '';
  let heartbeat: Heartbeat | undefined;
  let isWelcomed = false;
  let expectsPong = false;
  let cancelSlice = nothing;
  let cancelRenewal = nothing;

  const lose = (why: CloseReason): void => {
    if (!signal.aborted) dispatch({ type: 'lost', why });
  };

  const letGo = (): void => {
    cancelSlice();
    transport?.close();
    transport = undefined;
    queue.clear();
    requests.lose();
    channels.handleLost();
  };

  const renewAfter = (delayMs: number): void => {
    cancelRenewal();
    cancelRenewal = clock.after(delayMs, () => void renew());
  };

  const handleTtl = (ttl: number | undefined): void => {
    const delayMs = tokens.handleTtl(ttl);
    cancelRenewal();
    if (delayMs !== undefined) renewAfter(delayMs);
  };

  const renew = async (): Promise<void> => {
    const onError = (): void => {
      if (!signal.aborted) renewAfter(RENEW_AGAIN_MS * (0.5 + environment.random()));
    };
    try {
      const token = await tokens.renew(signal);
      if (signal.aborted) return;
      if (token === null) return dispatch({ type: 'signed_out' });
      const onAnswer = ({ ttl }: { readonly ttl?: number }): void => handleTtl(ttl);
      requests.ask({ name: 'refresh', request: { token }, onAnswer, onError });
    } catch {
      onError();
    }
  };

  const welcome = (name: TransportName, reply: WireConnected): void => {
    isWelcomed = true;
    cancelSlice();
    cancelTimeout();
    choice.handleSuccess(name);
    transport?.welcome(reply.session ?? '', reply.node ?? '');
    const { client: clientId, ping, pong, ttl } = reply;
    expectsPong = pong === true;
    if (ping) {
      const limitMs = Math.min(options.heartbeatMs, ping * 1000 + PING_TOLERANCE_MS);
      heartbeat = createHeartbeat(clock, limitMs, () => lose({ code: 0, reason: 'no heartbeat' }));
    }
    handleTtl(ttl);
    dispatch({ type: 'welcomed', transport: name, clientId });
    if (!signal.aborted) channels.handleWelcome(reply);
  };

  const refuse = ({ code, message: reason, isTemporary }: CarillonError): void => {
    // Without a code it is our own doing, and told already.
    if (code === 0) return;
    const isExpired = code === TOKEN_EXPIRED;
    if (isExpired && !tokens.isNew()) dispatch({ type: 'token_expired' });
    else
      dispatch({ type: 'refused', why: { code, reason }, isTemporary: isTemporary || isExpired });
  };

  const handleMessage = (message: ServerMessage): void => {
    const { id, push, error } = message;
    if (id) requests.settle(message);
    else if (push?.disconnect) lose(push.disconnect);
    else if (push?.refresh) handleTtl(push.refresh.ttl);
    else if (push) channels.handlePush(push);
    else if (!error && expectsPong) queue.push('{}');
  };

  const receive = (text: string): void => {
    heartbeat?.hear();
    try {
      for (const message of decodeMessages(text)) if (!signal.aborted) handleMessage(message);
    } catch {
      lose({ code: 0, reason: 'not JSON' });
    }
  };

  const dial = (names: readonly TransportName[], token: string | undefined): void => {
    const [name, ...others] = names;
    if (name === undefined) {
      const why = { code: 0, reason: 'no transport' };
      return dispatch({ type: 'refused', why, isTemporary: false });
    }
    const handleClose = (why: CloseReason): void => {
      if (signal.aborted) return;
      // What closed with a code has reached the server: another way would lead to the same.
      if (isWelcomed || why.code !== ABNORMAL_CLOSE) return lose(why);
      if (others.length > 0) {
        letGo();
        return dial(others, token);
      }
      choice.handleFailure();
      lose(why);
    };
    requests.ask({
      name: 'connect',
      request: { token, name: 'carillon-js', subs: channels.positions() },
      isEarly: true,
      timeoutMs: connectTimeoutMs,
      onAnswer: (reply) => welcome(name, reply),
      onError: refuse,
    });
    try {
      transport = OPEN_TRANSPORT[name]({
        ...options,
        first,
        onText: receive,
        onClose: handleClose,
      });
    } catch (error) {
      return handleClose({ code: ABNORMAL_CLOSE, reason: String(error) });
    }
    channels.handleOpening();
    if (others.length > 0) {
      const handleSlow = (): void => handleClose({ code: ABNORMAL_CLOSE, reason: 'timeout' });
      cancelSlice = clock.after(connectTimeoutMs / (names.length + 1), handleSlow);
    }
  };

  const start = async (): Promise<void> => {
    try {
      const token = await tokens.get(signal);
      if (signal.aborted) return;
      if (token === null) dispatch({ type: 'signed_out' });
      else dial(choice.candidates(), token);
    } catch {
      if (!signal.aborted) dispatch({ type: 'token_failed' });
    }
  };

  const cancelTimeout = clock.after(connectTimeoutMs, () => {
    choice.handleFailure();
    dispatch({ type: 'timed_out' });
  });
  void start();

  return {
    push(line) {
      // Nothing but the connect command comes before there is a transport.
      if (transport) queue.push(line);
      else first = line;
    },
    probe() {
      requests.ask({
        name: 'ping',
        request: {},
        timeoutMs: PROBE_MS,
        onAnswer: nothing,
        onError: ({ name }) => name === 'timeout' && lose({ code: 0, reason: 'no answer' }),
      });
    },
    lose,
    close() {
      if (signal.aborted) return;
      controller.abort();
      cancelTimeout();
      cancelRenewal();
      heartbeat?.stop();
      letGo();
    },
  };
}
