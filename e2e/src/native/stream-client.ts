/** A client of streams, message by message: what an SDK never sends, and what it never shows. */
export interface StreamMessage {
  readonly [field: string]: unknown;
}

export interface StreamOptions {
  readonly method?: 'GET' | 'POST';
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Handle {
  readonly session: string;
  readonly node: string;
}

export class StreamClient {
  readonly response: Response;
  /** Event ids of SSE, in their order. */
  readonly ids: string[] = [];
  readonly retries: number[] = [];
  readonly #abort: AbortController;
  readonly #messages: StreamMessage[] = [];
  #hasEnded = false;
  #wake = (): void => undefined;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    void this.#read();
  }

  static async open(url: string, options: StreamOptions = {}): Promise<StreamClient> {
    const abort = new AbortController();
    const response = await fetch(url, { ...options, signal: abort.signal });
    return new StreamClient(response, abort);
  }

  /** The next message that is no ping; undefined: the stream has ended. */
  async next(): Promise<StreamMessage | undefined> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined && Object.keys(message).length > 0) return message;
      if (message !== undefined) continue;
      if (this.#hasEnded) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async ping(): Promise<void> {
    while (!this.#messages.some((message) => Object.keys(message).length === 0)) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Everything until the end of the stream. */
  async rest(): Promise<StreamMessage[]> {
    const messages: StreamMessage[] = [];
    for (;;) {
      const message = await this.next();
      if (message === undefined) return messages;
      messages.push(message);
    }
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    const isEvents = this.response.headers.get('content-type')?.startsWith('text/event-stream');
    const take = isEvents === true ? this.#events() : this.#lines();
    const decoder = new TextDecoder();
    try {
      for await (const bytes of this.response.body ?? [])
        take(decoder.decode(bytes, { stream: true }));
    } catch {
      // Cut off, by us or by the server: the end of the stream either way.
    }
    this.#hasEnded = true;
    this.#wake();
  }

  #lines(): (text: string) => void {
    let rest = '';
    return (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.#take(lines);
    };
  }

  /** As the server writes them: one space after the colon, a blank line after each event. */
  #events(): (text: string) => void {
    let rest = '';
    return (text) => {
      const events = (rest + text).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const of = (name: string): string[] =>
          event.split('\n').flatMap((line) => {
            const prefix = `${name}: `;
            return line.startsWith(prefix) ? [line.slice(prefix.length)] : [];
          });
        this.ids.push(...of('id'));
        this.retries.push(...of('retry').map(Number));
        this.#take(of('data'));
      }
    };
  }

  #take(lines: readonly string[]): void {
    for (const line of lines) {
      if (line !== '') this.#messages.push(JSON.parse(line) as StreamMessage);
    }
    this.#wake();
  }
}

export const handleOf = (message: StreamMessage | undefined): Handle => {
  const { session = '', node = '' } = (message?.['connect'] ?? {}) as Partial<Handle>;
  return { session, node };
};

/** `POST /emulation` with these commands; the status. */
export const say = async (
  url: string,
  handle: Handle,
  ...commands: readonly object[]
): Promise<number> => {
  const data = commands.map((command) => JSON.stringify(command)).join('\n');
  const response = await fetch(`${url}/emulation`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ ...handle, data }),
  });
  await response.body?.cancel();
  return response.status;
};
