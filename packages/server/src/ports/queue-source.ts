/** One message of somebody else's queue, as it came. */
export interface QueueMessage {
  readonly body: Uint8Array;
  /** The technology's own ordering key (record key, message group), where it has one and it was given. */
  readonly key?: string;
  /** What the technology calls this message: the same at every delivery. Absent where it names none. */
  readonly id?: string;
  /** Deliveries before this one, as far as the technology counts them; 0 the first time. */
  readonly redeliveries: number;
}

/** What becomes of a message. */
export type Settlement =
  /** It has taken effect: never again. */
  | { readonly type: 'ack' }
  /** Back to the queue; it comes again after `delayMs` at the earliest, where the technology can wait. */
  | { readonly type: 'retry'; readonly delayMs: number }
  /** It can have no effect: to the dead letters, with the reason. */
  | { readonly type: 'dead'; readonly reason: string };

/** Never rejects. May take long: the source keeps the message reserved until it is answered. */
export type QueueHandler = (message: QueueMessage) => Promise<Settlement>;

/** What a source says of itself when asked. */
export interface QueueState {
  /** Messages that nobody has been given yet; absent where the technology does not say. */
  readonly waiting?: number;
}

/**
 * A queue of some technology, read at least once: a message whose settlement did not reach the
 * queue comes again. Messages are handed over in the queue's order, and no more than the prefetch
 * it was made with are unanswered at any time.
 */
export interface QueueSource {
  /** `rabbitmq`, `kafka`, `sqs`, `nats`, `redis`, `outbox`: for logs, metrics and /ready. */
  readonly name: string;
  /** Rejects when the queue cannot be reached or used; later interruptions are survived. */
  start(handler: QueueHandler): Promise<void>;
  /** A round trip to the queue; rejects while it does not work. */
  inspect(): Promise<QueueState>;
  /** Takes no more, waits until what was handed over is answered and settled, then disconnects. */
  close(): Promise<void>;
}
