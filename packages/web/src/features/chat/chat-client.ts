/**
 * One visit to one room: joins the connection (which line) with the room state (what was said).
 * Owns the heartbeat, the sending of queued messages and the refreshing of who is here.
 */
import type { ConnectionState } from '../../connection/connection-state.ts';
import { ReconnectingSocket } from '../../connection/reconnecting-socket.ts';
import { socketAddress } from '../../session/sign-in.ts';
import { decodeChatFrame } from './frames.ts';
import { reduceRoom } from './room-state.ts';
import type { RoomEvent } from './room-state.ts';
import { emptyRoom } from './room.ts';
import type { RoomState } from './room.ts';

export interface ChatClientOptions {
  readonly name: string;
  readonly room: string;
  readonly lang: string;
  readonly token?: string | undefined;
}

/** The server pings every 10 s and gives a client up after 30 s; the same holds the other way. */
const MAX_SILENCE_MS = 30_000;
const HEARTBEAT_MS = 20_000;
/** Asking who is here counts towards the rate limit of messages: soon, but never often. */
const STATUS_DELAY_MS = 250;
const STATUS_PAUSE_MS = 2_500;

export class ChatClient {
  readonly connection: ReconnectingSocket;
  readonly #listeners = new Set<() => void>();
  #state: RoomState;
  #token: string | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #statusTimer: ReturnType<typeof setTimeout> | undefined;
  #statusAskedAtMs = 0;
  #wasOpen = false;

  constructor({ name, room, lang, token }: ChatClientOptions) {
    this.#state = emptyRoom(name);
    this.#token = token;
    const path = `/ws/chat/${encodeURIComponent(name)}/heartbeat`;
    this.connection = new ReconnectingSocket({
      address: () => socketAddress(path, { room, lang }, this.#token),
      onFrame: (text) => this.#handleText(text),
      maxSilenceMs: () => MAX_SILENCE_MS,
    });
    this.connection.subscribe(() => this.#handleConnection(this.connection.getSnapshot()));
  }

  readonly getSnapshot = (): RoomState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** For the attempts to come, when the token of the first ones has expired. */
  renewToken(token: string | undefined): void {
    this.#token = token;
  }

  /** Shown at once, sent at once or as soon as the line is back; `to` makes it private. */
  write(text: string, to: string | undefined): void {
    const localId = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    const at = Date.now();
    const reader = to === undefined ? {} : { to };
    this.#apply({ type: 'wrote', item: { localId, text, at, state: 'queued', ...reader } });
    this.#sendQueued();
  }

  retry(localId: string): void {
    this.#apply({ type: 'retry', localId });
    this.#sendQueued();
  }

  delete(localId: string): void {
    this.#apply({ type: 'delete', localId });
  }

  dismissError(): void {
    this.#apply({ type: 'error-dismissed' });
  }

  #apply(event: RoomEvent): void {
    this.#state = reduceRoom(this.#state, event);
    for (const listener of this.#listeners) listener();
  }

  #handleConnection({ status }: ConnectionState): void {
    const isOpen = status === 'open';
    if (isOpen === this.#wasOpen) return;
    this.#wasOpen = isOpen;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#statusTimer);
    this.#statusTimer = undefined;
    this.#apply({ type: isOpen ? 'opened' : 'lost' });
    if (!isOpen) return;
    this.#sendHeartbeat();
    this.#heartbeat = setInterval(() => this.#sendHeartbeat(), HEARTBEAT_MS);
    this.#askStatus();
  }

  #handleText(text: string): void {
    const frame = decodeChatFrame(text, Date.now());
    if (frame === undefined) return;
    if (frame.type === 'ping') this.connection.send({ type: 'pong' });
    if (frame.type === 'system') this.#askStatusSoon();
    this.#apply({ type: 'frame', frame });
    // Only now is it known which messages the history already holds.
    if (frame.type === 'status') this.#sendQueued();
  }

  #sendHeartbeat(): void {
    this.connection.send({ type: 'heartbeat', timestamp: Date.now() });
  }

  #askStatusSoon(): void {
    const pauseMs = this.#statusAskedAtMs + STATUS_PAUSE_MS - Date.now();
    this.#statusTimer ??= setTimeout(
      () => {
        this.#statusTimer = undefined;
        this.#askStatus();
      },
      Math.max(STATUS_DELAY_MS, pauseMs),
    );
  }

  #askStatus(): void {
    this.#statusAskedAtMs = Date.now();
    this.connection.send({ type: 'status' });
  }

  #sendQueued(): void {
    if (!this.#wasOpen || this.#state.isReplaying) return;
    for (const { localId, text, to, state } of this.#state.outbox) {
      if (state !== 'queued') continue;
      const reader = to === undefined ? {} : { target_user: to };
      const isSent = this.connection.send({ type: 'message', message: text, ...reader });
      if (!isSent) return;
      this.#apply({ type: 'sent', localId });
    }
  }
}
