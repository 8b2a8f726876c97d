/**
 * What waits to be written to one connection. Frames are shared between connections and never
 * copied; while the socket keeps up, nothing is kept beyond the tick.
 *
 *   open ──socket says full──▶ paused: frames go to the backlog ──handleDrain──▶ open
 *
 * Only a paused queue knows sizes and channels; a backlog over the limit is the owner's business.
 */
import type { ClientSocket } from '../ports/client-socket.ts';
import type { WireFormat } from '../ports/wire-format.ts';
import { Backlog } from './backlog.ts';
import type { Tally } from './tally.ts';
import type { Flushable, Tick } from './tick.ts';

/** Bytes ready for the socket; one object for all connections that get them. */
export interface Frame {
  readonly chunks: readonly [Uint8Array];
  /** Set where only the newest frame with this key is worth sending to somebody who is late. */
  readonly latestKey: object | undefined;
}

/** What all queues of a node share. */
export interface QueueEnvironment {
  readonly tick: Tick;
  readonly tally: Tally;
  readonly maxQueuedBytes: number;
}

export interface QueueOwner {
  readonly init: { readonly socket: ClientSocket; readonly format: WireFormat };
  /** The backlog passed the limit. Called while connections are flushed, never while channels are. */
  handleSlow(): void;
}

const NOTHING: readonly Uint8Array[] = [];

export class OutboundQueue implements Flushable {
  readonly #environment: QueueEnvironment;
  readonly #owner: QueueOwner;
  /** The owner's, at hand: on the way out every object looked through is a cache miss. */
  readonly #socket: ClientSocket;
  /** Either a frame's own shared list or, from the second frame on, a list of this queue. */
  #chunks: readonly Uint8Array[] = NOTHING;
  #ownChunks: Uint8Array[] | undefined = undefined;
  #messages: string[] | undefined = undefined;
  #backlog: Backlog | undefined = undefined;
  /** This tick's frames of a paused queue: they join the backlog after the tick's messages. */
  #lateFrames: Frame[] | undefined = undefined;
  #isListed = false;

  constructor(owner: QueueOwner, environment: QueueEnvironment) {
    this.#owner = owner;
    this.#socket = owner.init.socket;
    this.#environment = environment;
  }

  get queuedBytes(): number {
    return this.#backlog?.bytes ?? 0;
  }

  get isPaused(): boolean {
    return this.#backlog !== undefined;
  }

  /** A shared frame. */
  push(frame: Frame): void {
    if (this.#backlog !== undefined) this.#pushLate(frame);
    else if (this.#chunks === NOTHING) this.#chunks = frame.chunks;
    else this.#append(frame.chunks[0]);
    if (!this.#isListed) this.#list();
  }

  /** A message of this connection alone; leaves before the frames of the same tick. */
  send(message: string): void {
    if (this.#messages === undefined) this.#messages = [message];
    else this.#messages.push(message);
    if (!this.#isListed) this.#list();
  }

  flush(): void {
    this.#isListed = false;
    if (this.#messages !== undefined) this.#encodeMessages(this.#messages);
    if (this.#lateFrames !== undefined) this.#mergeLateFrames(this.#lateFrames);
    if (this.#backlog !== undefined) {
      if (this.#backlog.bytes > this.#environment.maxQueuedBytes) this.#owner.handleSlow();
      return;
    }
    const chunks = this.#chunks;
    if (chunks === NOTHING) return;
    this.#chunks = NOTHING;
    this.#ownChunks = undefined;
    this.#write(chunks);
  }

  /** The socket takes bytes again: everything that waited goes out in one write. */
  handleDrain(): void {
    const backlog = this.#backlog;
    if (backlog === undefined) return;
    this.#backlog = undefined;
    const chunks = backlog.chunks();
    if (chunks.length > 0) this.#write(chunks);
  }

  /** The last write: also what waits goes to the socket, which keeps it until the peer reads or is cut off. */
  finish(): void {
    this.flush();
    const chunks = this.#backlog?.chunks() ?? NOTHING;
    this.discard();
    if (chunks.length > 0) this.#owner.init.socket.send(chunks);
  }

  /** Forgets everything; what the socket was given already is the transport's. */
  discard(): void {
    this.#chunks = NOTHING;
    this.#ownChunks = undefined;
    this.#messages = undefined;
    this.#lateFrames = undefined;
    this.#backlog = undefined;
  }

  #write(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) this.#environment.tally.bytes += chunk.byteLength;
    if (this.#socket.send(chunks) === 'full') this.#backlog = new Backlog();
  }

  #list(): void {
    this.#isListed = true;
    this.#environment.tick.addQueue(this);
  }

  #pushLate(frame: Frame): void {
    if (this.#lateFrames === undefined) this.#lateFrames = [frame];
    else this.#lateFrames.push(frame);
  }

  #mergeLateFrames(frames: readonly Frame[]): void {
    this.#lateFrames = undefined;
    for (const frame of frames) {
      if (this.#backlog !== undefined) {
        if (this.#backlog.add(frame)) this.#environment.tally.dropped += 1;
      } else if (this.#chunks === NOTHING) this.#chunks = frame.chunks;
      else this.#append(frame.chunks[0]);
    }
  }

  #append(chunk: Uint8Array): void {
    if (this.#ownChunks === undefined) {
      this.#ownChunks = [...this.#chunks];
      this.#chunks = this.#ownChunks;
    }
    this.#ownChunks.push(chunk);
  }

  #encodeMessages(messages: readonly string[]): void {
    this.#messages = undefined;
    this.#environment.tally.messages += messages.length;
    const bytes = this.#owner.init.format.encodeMessages(messages);
    if (this.#backlog !== undefined) this.#backlog.add({ chunks: [bytes], latestKey: undefined });
    else if (this.#chunks === NOTHING) this.#chunks = [bytes];
    else {
      this.#ownChunks = [bytes, ...this.#chunks];
      this.#chunks = this.#ownChunks;
    }
  }
}
