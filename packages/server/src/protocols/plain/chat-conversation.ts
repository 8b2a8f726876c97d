/** What a person in a room says, and what the room answers. One per connection, from the join on. */
import { TokenBucket } from '../../core/rate-limit.ts';
import { roomChannel } from '../../domain/channels.ts';
import type { ErrorName, Outcome } from '@carillon/protocol';
import { parseChatFrame, type ChatCommand } from './chat-command.ts';
import { nameOf, type Person } from './people.ts';
import type { Conversation, FrameResult, PlainConnection } from './plain-connection.ts';
import type { PlainDeps } from './plain-deps.ts';
import { heartbeatAckFrame, statusFrame } from './plain-frames.ts';
import { sendPrivate } from './private-messages.ts';

export interface ChatSeat {
  readonly connection: PlainConnection;
  readonly room: string;
  readonly person: Person;
}

export class ChatConversation implements Conversation {
  readonly #deps: PlainDeps;
  readonly #seat: ChatSeat;
  readonly #bucket: TokenBucket;
  /** One after the other, so that a person's messages keep their order whatever each waits for. */
  #work: Promise<void> = Promise.resolve();

  constructor(deps: PlainDeps, seat: ChatSeat) {
    this.#deps = deps;
    this.#seat = seat;
    this.#bucket = new TokenBucket(deps.limits.messageRate, deps.clock.monotonic());
  }

  handleText(text: string): FrameResult {
    const parsed = parseChatFrame(text, this.#deps.limits);
    if (!parsed.ok) return { error: parsed.error, field: parsed.field };
    this.#handleCommand(parsed.command);
    return undefined;
  }

  #handleCommand(command: ChatCommand): void {
    const { connection } = this.#seat;
    switch (command.type) {
      case 'pong':
        return;
      case 'ping':
        return connection.session.send('{"type":"pong"}');
      case 'heartbeat':
        return connection.session.send(
          heartbeatAckFrame(command.timestamp, this.#deps.clock.now()),
        );
      case 'status':
        return this.#limited(() => this.#sendStatus());
      case 'message':
        return this.#limited(() => this.#say(command.message, command.target));
    }
  }

  /** Too fast is not bad input: the answer is an error, and it does not count towards the close. */
  #limited(work: () => Promise<Outcome<unknown>>): void {
    if (!this.#bucket.take(this.#deps.clock.monotonic())) {
      this.#seat.connection.sendError({ error: 'too_many_requests' });
      return;
    }
    this.#work = this.#work.then(() => this.#run(work));
  }

  async #run(work: () => Promise<Outcome<unknown>>): Promise<void> {
    const { connection } = this.#seat;
    if (!connection.isAlive) return;
    try {
      const outcome = await work();
      if (!outcome.ok) this.#refuse(outcome.error);
    } catch (error) {
      this.#deps.logger.error(
        { err: error, connection: connection.session.id },
        'plain chat failed',
      );
      this.#refuse('internal');
    }
  }

  #refuse(error: ErrorName): void {
    if (this.#seat.connection.isAlive) this.#seat.connection.sendError({ error });
  }

  #say(message: string, target: string | undefined): Promise<Outcome<unknown>> {
    const { person, room } = this.#seat;
    return target === undefined
      ? this.#deps.rooms.send(room, { sender: person.name, message })
      : sendPrivate(this.#deps, { room, sender: person, target, message });
  }

  async #sendStatus(): Promise<Outcome<unknown>> {
    const { connection, room } = this.#seat;
    const present = await this.#deps.channelAdmin.presence(roomChannel(room));
    if (!present.ok) return present;
    const names = new Set(present.value.map(nameOf));
    connection.session.send(statusFrame(present.value.length, [...names]));
    return present;
  }
}
