/**
 * `PUBLISH notifications:<user> <json>` from any program: every node hears it, one handles it (see
 * external-scripts.ts and docs/decisions). The others remember it for a while, and one of them
 * handles it when the node that took it dies before it was done. What arrives faster than it can be
 * handled is dropped beyond a bound: PUBLISH promises its sender nothing.
 */
import { createHash } from 'node:crypto';
import type { ExternalEvents } from '../../ports/external-events.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { CLAIM, DONE, TAKE_OVER } from './external-scripts.ts';
import type { NodeRegistry } from './node-registry.ts';
import type { RedisConnections } from './redis-connections.ts';

export interface RedisExternalEventsOptions {
  readonly connections: RedisConnections;
  readonly registry: NodeRegistry;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** With an end, for the engine. */
export interface RedisExternalEvents extends ExternalEvents {
  /** Hears nothing more, and waits for what is being handled, at most 2 s. */
  close(): Promise<void>;
}

type Handler = (user: string, json: string) => Promise<void>;

interface Heard {
  readonly key: string;
  readonly number: number;
  readonly user: string;
  readonly json: string;
  /** Node that took it. */
  readonly owner: string;
  readonly atMs: number;
}

const CHANNELS = 'notifications:';
export const BROADCAST_CHANNEL = 'ws:broadcast';
/** Longer than it takes to know that a node died (10 s and a heartbeat). */
const REMEMBERED_MS = 30_000;
const COPY_WITHIN_MS = 2_000;
const MAX_REMEMBERED = 10_000;
const MAX_IN_HAND = 5_000;
const CLOSE_WITHIN_MS = 2_000;

export function createRedisExternalEvents(
  options: RedisExternalEventsOptions,
): RedisExternalEvents {
  return new ExternalPublications(options);
}

class ExternalPublications implements RedisExternalEvents {
  readonly #options: RedisExternalEventsOptions;
  #handler: Handler | undefined;
  /** Taken by others, oldest first. */
  #remembered = new Map<string, Heard>();
  readonly #inHand = new Set<Promise<void>>();
  /** Handled, but Redis could not be told. */
  readonly #unfinished: [key: string, number: number][] = [];
  /** Counts again from nothing after a gap in which it may have missed some. */
  #subscription = 0;
  #dropped = 0;
  #stopListening: (() => void) | undefined;

  constructor(options: RedisExternalEventsOptions) {
    this.#options = options;
  }

  async start(handler: Handler): Promise<void> {
    this.#handler = handler;
    const { connections, registry } = this.#options;
    this.#stopListening = connections.onReconnected(() => (this.#subscription += 1));
    registry.onDied((nodeId) => this.#inherit(nodeId));
    registry.onBeat(() => this.#tidy());
    await connections.subscribePattern(`${CHANNELS}*`, (bytes, channel) => {
      this.#hear(channel.slice(CHANNELS.length), bytes.toString());
    });
  }

  readonly announceBroadcast = async (json: string): Promise<void> => {
    try {
      await this.#options.connections.announce(BROADCAST_CHANNEL, json);
    } catch (error) {
      this.#options.logger.debug({ err: error }, 'other programs were not told of a broadcast');
    }
  };

  async close(): Promise<void> {
    this.#handler = undefined;
    this.#stopListening?.();
    this.#remembered.clear();
    if (this.#inHand.size === 0) return;
    await Promise.race([
      Promise.all(this.#inHand),
      new Promise<void>((resolve) => this.#options.clock.after(CLOSE_WITHIN_MS, resolve)),
    ]);
  }

  #hear(user: string, json: string): void {
    const handler = this.#handler;
    if (handler === undefined || user === '') return;
    if (this.#inHand.size >= MAX_IN_HAND) {
      this.#dropped += 1;
      return;
    }
    this.#keep(this.#claim(user, json, handler));
  }

  /** Without Redis's answer nobody handles it: the other nodes ask the same Redis. */
  async #claim(user: string, json: string, handler: Handler): Promise<void> {
    const { connections, nodeId, clock } = this.#options;
    const digest = createHash('sha256').update(user).update('\0').update(json);
    const key = `${connections.prefix}:external:${digest.digest('base64url')}`;
    const node = `${nodeId}/${this.#subscription}`;
    const answer = await connections.run(
      CLAIM,
      [key],
      [node, String(REMEMBERED_MS), String(COPY_WITHIN_MS)],
    );
    const [number, owner] = Array.isArray(answer) ? answer : [];
    if (typeof number !== 'number' || typeof owner !== 'string') return;
    const heard: Heard = { key, number, user, json, owner, atMs: clock.monotonic() };
    if (owner === node) await this.#handle(heard, handler);
    else if (owner !== 'done' && owner !== '') this.#remember(heard);
  }

  async #handle({ key, number, user, json }: Heard, handler: Handler): Promise<void> {
    await handler(user, json);
    await this.#finish(key, number);
  }

  /** Said until it is heard, or another would do it again when this node ends. */
  async #finish(key: string, number: number): Promise<void> {
    try {
      await this.#options.connections.run(DONE, [key], [String(number), String(REMEMBERED_MS)]);
    } catch {
      if (this.#unfinished.length < MAX_REMEMBERED) this.#unfinished.push([key, number]);
    }
  }

  #remember(heard: Heard): void {
    const id = `${heard.key}:${heard.number}`;
    this.#remembered.set(id, heard);
    if (this.#remembered.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#remembered.keys()) {
      this.#remembered.delete(oldest);
      return;
    }
  }

  #inherit(nodeId: string): void {
    const handler = this.#handler;
    if (handler === undefined) return;
    for (const [id, heard] of this.#remembered) {
      if (!heard.owner.startsWith(`${nodeId}/`)) continue;
      this.#remembered.delete(id);
      this.#keep(this.#takeOver(heard, handler));
    }
  }

  async #takeOver(heard: Heard, handler: Handler): Promise<void> {
    const { connections, nodeId, logger } = this.#options;
    const node = `${nodeId}/${this.#subscription}`;
    const args = [String(heard.number), heard.owner, node];
    if ((await connections.run(TAKE_OVER, [heard.key], args)) !== 1) return;
    logger.info({ user: heard.user, from: heard.owner }, 'took over an external event');
    await this.#handle(heard, handler);
  }

  #keep(work: Promise<void>): void {
    const kept = work
      .catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, 'an external event could not be handled');
      })
      .finally(() => this.#inHand.delete(kept));
    this.#inHand.add(kept);
  }

  #tidy(): void {
    const { clock, logger } = this.#options;
    for (const [key, number] of this.#unfinished.splice(0)) this.#keep(this.#finish(key, number));
    if (this.#dropped > 0) {
      logger.warn({ dropped: this.#dropped }, 'external events came faster than they were handled');
      this.#dropped = 0;
    }
    const before = clock.monotonic() - REMEMBERED_MS;
    for (const [id, { atMs }] of this.#remembered) {
      if (atMs > before) return;
      this.#remembered.delete(id);
    }
  }
}
