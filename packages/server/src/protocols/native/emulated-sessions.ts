/**
 * The connections of this process whose clients speak by requests of their own (`/emulation`), by the
 * handle that only the client was told. A handle is `<connection id>.<secret>`; the first part, which
 * others may know, finds the connection, the second is compared in constant time.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { DISCONNECTS } from '@carillon/protocol';
import type { Random } from '../../ports/clock.ts';
import type { Session } from '../../ports/connection-handler.ts';
import type { Logger } from '../../ports/logger.ts';
import type { FrameReceiver } from '../../ports/websocket-endpoint.ts';

interface Emulated {
  readonly session: Session;
  readonly receiver: FrameReceiver;
  readonly secret: Buffer;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export class EmulatedSessions {
  readonly #random: Random;
  readonly #logger: Logger;
  readonly #byId = new Map<string, Emulated>();

  constructor({ random, logger }: { readonly random: Random; readonly logger: Logger }) {
    this.#random = random;
    this.#logger = logger;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** A new handle; it opens nothing until `add`. */
  handleFor(session: Session): string {
    return `${session.id}.${this.#random.id()}${this.#random.id()}`;
  }

  add(handle: string, session: Session, receiver: FrameReceiver): void {
    this.#byId.set(session.id, { session, receiver, secret: digest(handle) });
  }

  forget(session: Session): void {
    this.#byId.delete(session.id);
  }

  /** False: nobody has this handle, or the connection takes nothing any more. */
  deliver(handle: string, frames: string): boolean {
    const found = this.#byId.get(handle.slice(0, handle.lastIndexOf('.')));
    if (found === undefined || !timingSafeEqual(found.secret, digest(handle))) return false;
    const { session, receiver } = found;
    if (session.state !== 'ready') return false;
    try {
      receiver.handleText(frames);
    } catch (error) {
      this.#logger.error({ err: error, connection: session.id }, 'emulated frames failed');
      session.disconnect(DISCONNECTS.server_error);
    }
    return true;
  }
}
