/**
 * One native client: takes its frames apart, keeps the order of its commands and ends it when it
 * breaks the protocol.
 *
 *   new ──connect──▶ connecting ──▶ connected
 *                        └────────▶ refused: nothing but a close may follow
 *
 * What ends the connection with 3501 at once: an empty frame, a command before connect or a second
 * connect, anything after a refused one, a command without id, a pong that nobody asked for. What
 * merely cannot be understood (not JSON, too deep, an unknown command, a wrong field) is answered
 * with a coded error, without an id when it cannot be found; ten such frames in a row end it with
 * 3509. Both codes are terminal.
 */
import {
  type Command,
  DISCONNECTS,
  type Failure,
  PING,
  encodeErrorReply,
  fail,
  parseCommand,
} from '@carillon/protocol';
import type { Session } from '../../ports/connection-handler.ts';
import type { FrameReceiver } from '../../ports/websocket-endpoint.ts';
import {
  type ConnectOptions,
  type ConnectResult,
  type HandshakeIdentity,
  handleConnect,
} from './connect-command.ts';
import { type Answer, dispatch, isSerial } from './dispatch.ts';
import type { NativeContext } from './native-context.ts';

type Phase = 'new' | 'connecting' | 'connected' | 'refused';

export interface NativeConnectionOptions extends Pick<ConnectOptions, 'control' | 'positions'> {
  readonly session: Session;
  readonly handshake: HandshakeIdentity | undefined;
  /** Where nothing can follow a refused connect: called after the refusal was said. */
  readonly handleRefused?: () => void;
}

export class NativeConnection implements FrameReceiver {
  readonly #context: NativeContext;
  readonly #session: Session;
  /** Of the transport, for the connect command; let go of with it. */
  #opening: NativeConnectionOptions | undefined;
  #phase: Phase = 'new';
  #badFrames = 0;
  #pongs = 0;
  readonly #openedAt: number;
  /** Behind a serial command; undefined while none runs. */
  #waiting: Command[] | undefined = undefined;
  #waitingCharacters = 0;

  constructor(context: NativeContext, opening: NativeConnectionOptions) {
    this.#context = context;
    this.#session = opening.session;
    this.#opening = opening;
    this.#openedAt = context.deps.clock.monotonic();
  }

  get isAuthenticated(): boolean {
    return this.#phase === 'connected';
  }

  /** No connect command that could be understood has come. */
  get hasNotBegun(): boolean {
    return this.#phase === 'new';
  }

  handleText(text: string): void {
    this.#session.handleFrame();
    if (text === PING) {
      this.#handlePong();
      return;
    }
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length === 0) {
      this.#session.disconnect(DISCONNECTS.bad_request);
      return;
    }
    let isBad = false;
    for (const line of lines) {
      if (!this.#isAlive()) return;
      if (!this.#handleLine(line)) isBad = true;
    }
    this.#countFrame(isBad);
  }

  handleBinary(): void {
    this.#session.disconnect(DISCONNECTS.inappropriate_protocol);
  }

  handleDrain(): void {
    this.#session.handleDrain();
  }

  handleClosed(code: number): void {
    this.#waiting = undefined;
    this.#session.handleClosed(code === 1000 || code === 1005, code);
  }

  /** @returns false when the line could not be understood. */
  #handleLine(line: string): boolean {
    const parsed = parseCommand(line);
    switch (parsed.type) {
      case 'command':
        this.#accept(parsed.command, line.length);
        return true;
      case 'pong':
        this.#handlePong();
        return true;
      case 'violation':
        this.#session.disconnect(DISCONNECTS.bad_request);
        return true;
      case 'refused':
        this.#fail(parsed.id, parsed.failure);
        return false;
    }
  }

  #countFrame(isBad: boolean): void {
    this.#badFrames = isBad ? this.#badFrames + 1 : 0;
    if (this.#badFrames < this.#context.limits.maxBadFrames || !this.#isAlive()) return;
    this.#session.disconnect(DISCONNECTS.too_many_errors);
  }

  /** Pings are the core's; how many there can have been by now is known here too, give or take one. */
  #handlePong(): void {
    const { intervalMs } = this.#context.heartbeat;
    const age = this.#context.deps.clock.monotonic() - this.#openedAt;
    const pings = intervalMs > 0 ? Math.floor(age / intervalMs + 0.5) + 1 : 0;
    this.#pongs += 1;
    if (this.#phase === 'connected' && this.#pongs <= pings) return;
    this.#session.disconnect(DISCONNECTS.bad_request);
  }

  #accept(command: Command, length: number): void {
    const isFirst = this.#phase === 'new';
    if (this.#phase === 'refused' || (command.type === 'connect') !== isFirst) {
      this.#session.disconnect(DISCONNECTS.bad_request);
      return;
    }
    if (this.#waiting === undefined) {
      this.#run(command);
      return;
    }
    this.#waitingCharacters += length;
    if (this.#waitingCharacters > this.#context.limits.maxWaitingCharacters) {
      this.#session.disconnect(DISCONNECTS.too_many_requests);
      return;
    }
    this.#waiting.push(command);
  }

  #run(command: Command): void {
    this.#context.tally.countCommand(command.type);
    if (command.type === 'connect') {
      this.#phase = 'connecting';
      const connecting = this.#connect(command);
      if (connecting !== undefined) this.#hold(connecting);
      return;
    }
    if (!this.#session.allowsCommand()) {
      this.#fail(command.id, fail('too_many_requests'));
      return;
    }
    const answer = this.#dispatch(command);
    if (!(answer instanceof Promise)) {
      this.#answer(command.id, answer);
      return;
    }
    const answered = this.#answerLater(command.id, answer);
    if (isSerial(command.type)) this.#hold(answered);
  }

  #dispatch(command: Exclude<Command, { type: 'connect' }>): Answer | Promise<Answer> {
    try {
      return dispatch(this.#context, this.#session, command);
    } catch (error) {
      return this.#bug(error);
    }
  }

  /** What comes meanwhile waits. */
  #hold(running: Promise<void>): void {
    this.#waiting = [];
    void running.finally(() => this.#release());
  }

  #release(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#waitingCharacters = 0;
    for (const [index, command] of waiting.entries()) {
      if (!this.#isAlive()) return;
      if (this.#waiting !== undefined) {
        this.#waiting = waiting.slice(index);
        return;
      }
      if (this.#phase === 'refused') {
        this.#session.disconnect(DISCONNECTS.bad_request);
        return;
      }
      this.#run(command);
    }
  }

  /** Undefined: done already. */
  #connect(command: Extract<Command, { type: 'connect' }>): Promise<void> | undefined {
    const { id, request } = command;
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening === undefined) return undefined;
    const { handleRefused } = opening;
    try {
      const connecting = handleConnect(this.#context, { ...opening, id, request });
      if (connecting instanceof Promise) {
        return connecting.then(
          (result) => this.#finishConnect(result, handleRefused),
          (error: unknown) => this.#refuseBug(id, error, handleRefused),
        );
      }
      this.#finishConnect(connecting, handleRefused);
    } catch (error) {
      this.#refuseBug(id, error, handleRefused);
    }
    return undefined;
  }

  #finishConnect({ reply, isConnected }: ConnectResult, handleRefused?: () => void): void {
    this.#phase = isConnected ? 'connected' : 'refused';
    if (reply !== undefined) this.#session.send(reply);
    if (!isConnected) handleRefused?.();
  }

  #refuseBug(id: number, error: unknown, handleRefused?: () => void): void {
    this.#phase = 'refused';
    this.#answer(id, this.#bug(error));
    handleRefused?.();
  }

  async #answerLater(id: number, answer: Promise<Answer>): Promise<void> {
    try {
      this.#answer(id, await answer);
    } catch (error) {
      this.#answer(id, this.#bug(error));
    }
  }

  #answer(id: number, answer: Answer): void {
    if (answer === undefined) return;
    if (answer.ok) this.#session.send(answer.value);
    else this.#fail(id, answer);
  }

  #fail(id: number, failure: Failure): void {
    this.#context.tally.countError(failure.error);
    this.#session.send(encodeErrorReply(id, failure));
  }

  /** A handler threw, which none should. */
  #bug(error: unknown): Failure {
    this.#context.deps.logger.error({ err: error, connection: this.#session.id }, 'command failed');
    return fail('internal');
  }

  #isAlive(): boolean {
    const { state } = this.#session;
    return state === 'connecting' || state === 'ready';
  }
}
