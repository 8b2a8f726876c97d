/**
 * One plain connection between the transport and an endpoint: keeps early frames, counts bad ones,
 * reports life to the session. What a good frame means is the conversation's business.
 *
 *   waiting ──begin──▶ talking ──▶ closed
 */
import { ERRORS, PLAIN_CLOSES } from '@carillon/protocol';
import type { Session } from '../../ports/connection-handler.ts';
import type { FrameReceiver } from '../../ports/websocket-endpoint.ts';
import { EarlyFrames, type Frame } from './early-frames.ts';
import type { Language } from './language.ts';
import type { PlainDeps } from './plain-deps.ts';
import { errorFrame, type PlainError } from './plain-frames.ts';

/** `undefined`: the frame was good; an error: it was bad and has not been answered yet. */
export type FrameResult = PlainError | undefined;

/** What an endpoint does with frames once a connection is let in. Neither method throws. */
export interface Conversation {
  handleText(text: string): FrameResult;
  /** Absent: binary frames are bad ones. */
  handleBinary?(bytes: Uint8Array): FrameResult;
}

/** A normal goodbye, with 1000 or without a code: others are told at once. */
const CLEAN_CODES: ReadonlySet<number> = new Set([1000, 1005]);

export class PlainConnection implements FrameReceiver {
  readonly session: Session;
  readonly language: Language;
  /** What the endpoint has to give back when the connection is over. */
  onClosed: (() => void) | undefined;
  readonly #deps: PlainDeps;
  #conversation: Conversation | undefined;
  #early: EarlyFrames | undefined;
  #badFrames = 0;

  constructor(deps: PlainDeps, session: Session, language: Language) {
    this.#deps = deps;
    this.session = session;
    this.language = language;
  }

  /** False once the peer is gone or was sent away: work after an `await` asks first. */
  get isAlive(): boolean {
    const { state } = this.session;
    return state !== 'closed' && state !== 'draining';
  }

  get isAuthenticated(): boolean {
    return this.session.state !== 'connecting';
  }

  /** The client is let in: what it said meanwhile is heard first. */
  begin(conversation: Conversation): void {
    this.#conversation = conversation;
    const early = this.#early?.take() ?? [];
    this.#early = undefined;
    for (const frame of early) this.#hear(conversation, frame);
  }

  /** Answers with a coded error; the connection lives on. */
  sendError(error: PlainError): void {
    this.#deps.metrics.count('ws_errors_total', 1, { code: String(ERRORS[error.error].code) });
    this.session.send(errorFrame(error, this.language));
  }

  handleText(text: string): void {
    this.#handleFrame(text);
  }

  handleBinary(bytes: Uint8Array): void {
    this.#handleFrame(bytes);
  }

  handleDrain(): void {
    this.session.handleDrain();
  }

  handleClosed(code: number): void {
    this.#early = undefined;
    this.onClosed?.();
    this.session.handleClosed(CLEAN_CODES.has(code), code);
  }

  #handleFrame(frame: Frame): void {
    this.session.handleFrame();
    if (!this.isAlive) return;
    if (this.#conversation !== undefined) return this.#hear(this.#conversation, frame);
    this.#early ??= new EarlyFrames(this.#deps.limits);
    if (!this.#early.add(frame)) this.#countBad({ error: 'too_many_requests' });
  }

  #hear(conversation: Conversation, frame: Frame): void {
    if (!this.isAlive) return;
    const result =
      typeof frame === 'string'
        ? conversation.handleText(frame)
        : conversation.handleBinary === undefined
          ? ({ error: 'not_json' } as const)
          : conversation.handleBinary(frame);
    if (result === undefined) this.#badFrames = 0;
    else this.#countBad(result);
  }

  #countBad(error: PlainError): void {
    this.sendError(error);
    this.#badFrames += 1;
    if (this.#badFrames < this.#deps.limits.maxBadFrames) return;
    this.#deps.logger.info(
      { connection: this.session.id, remoteAddress: this.session.init.remoteAddress },
      'plain connection closed: too many bad frames',
    );
    this.session.disconnect(PLAIN_CLOSES.too_many_bad_frames);
  }
}
