/** A WebSocket of the native protocol, at a client's side, that does what the test says. */
type Said = Readonly<Record<string, unknown>> & { readonly id?: number };

/** Beside what the SDK uses of a WebSocket: what was said over it, and what the server says. */
export class ScriptedSocket {
  static all: ScriptedSocket[] = [];
  readonly url: string;
  readonly frames: string[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  constructor(url: string) {
    this.url = url;
    ScriptedSocket.all.push(this);
  }

  static get last(): ScriptedSocket {
    const last = this.all.at(-1);
    if (last === undefined) throw new Error('nothing was opened');
    return last;
  }

  get said(): readonly Said[] {
    const lines = this.frames.flatMap((frame) => frame.split('\n'));
    return lines.map((line) => JSON.parse(line) as Said);
  }

  /** The newest command of a name. */
  asked(name: string): Said {
    const command = this.said.findLast((each) => name in each);
    if (command === undefined) throw new Error(`${name} was not asked`);
    return command;
  }

  send(text: string): void {
    this.frames.push(text);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(...messages: readonly object[]): void {
    const data = messages.map((message) => JSON.stringify(message)).join('\n');
    this.onmessage?.({ data });
  }

  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  answer(name: string, answer: object): void {
    this.say({ id: this.asked(name).id, [name]: answer });
  }

  refuse(name: string, code: number, temporary = false): void {
    this.say({ id: this.asked(name).id, error: { code, message: `no ${code}`, temporary } });
  }

  welcome(reply: object = {}): void {
    this.open();
    this.answer('connect', { client: 'c1', ping: 25, pong: true, ...reply });
  }
}
