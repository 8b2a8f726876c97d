/**
 * One client of a one-way transport: it says once who it is, and from then on only listens. Refusals
 * are `disconnect` pushes, because there is no reply that could carry an error.
 */
import { DISCONNECTS, parseCommand } from '@carillon/protocol';
import type { Session } from '../../ports/connection-handler.ts';
import type { FrameReceiver } from '../../ports/websocket-endpoint.ts';
import { type ConnectOptions, type ConnectResult, handleConnect } from './connect-command.ts';
import type { NativeContext } from './native-context.ts';

export interface UniConnectionOptions extends Pick<ConnectOptions, 'handshake' | 'positions'> {
  readonly session: Session;
}

/** Never shown: the reply becomes a push. */
const CONNECT_ID = 1;

export class UniConnection implements FrameReceiver {
  readonly #context: NativeContext;
  readonly #session: Session;
  #opening: UniConnectionOptions | undefined;
  #isConnected = false;

  constructor(context: NativeContext, opening: UniConnectionOptions) {
    this.#context = context;
    this.#session = opening.session;
    this.#opening = opening;
  }

  get isAuthenticated(): boolean {
    return this.#isConnected;
  }

  /** The first text is the connect request, '' an empty one; later ones are nobody's business. */
  handleText(text: string): void {
    this.#session.handleFrame();
    const opening = this.#opening;
    if (opening === undefined) return;
    this.#opening = undefined;
    const request = text.trim() === '' ? '{}' : text;
    const parsed = parseCommand(`{"id":${CONNECT_ID},"connect":${request}}`);
    if (parsed.type !== 'command' || parsed.command.type !== 'connect') {
      this.#session.disconnect(DISCONNECTS.bad_request);
      return;
    }
    this.#context.tally.countCommand('connect');
    void this.#connect({
      ...opening,
      id: CONNECT_ID,
      request: parsed.command.request,
      isOneWay: true,
    });
  }

  handleBinary(): void {
    this.#session.disconnect(DISCONNECTS.inappropriate_protocol);
  }

  handleDrain(): void {
    this.#session.handleDrain();
  }

  handleClosed(code: number): void {
    this.#session.handleClosed(code === 1000 || code === 1005, code);
  }

  async #connect(options: ConnectOptions): Promise<void> {
    try {
      this.#finish(await handleConnect(this.#context, options));
    } catch (error) {
      const { logger } = this.#context.deps;
      logger.error({ err: error, connection: this.#session.id }, 'connect failed');
      this.#session.disconnect(DISCONNECTS.server_error);
    }
  }

  #finish({ reply, isConnected }: ConnectResult): void {
    this.#isConnected = isConnected;
    if (reply !== undefined) this.#session.send(reply);
  }
}
