/**
 * Amazon SQS, standard and FIFO, and what speaks its protocol. A message in hand is kept invisible
 * for as long as it takes. Dead letters go to the queue that the redrive policy names, with the
 * reason as an attribute: a queue without one is refused.
 */
import type * as Sqs from '@aws-sdk/client-sqs';
import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import type { QueueHandler, QueueSource, QueueState } from '../../ports/queue-source.ts';
import { loadClient } from './client-module.ts';
import { createInHand, type InHand } from './in-hand.ts';
import { pause, repeatedly, RETRY_MS, type SourceOptions } from './source-options.ts';

export interface SqsOptions extends SourceOptions {
  /** `https://sqs.eu-central-1.amazonaws.com/123456789012/name`. */
  readonly url: string;
  readonly region: string;
  /** @default the origin of `url` */
  readonly endpoint?: string;
}

type Client = typeof Sqs;

const MAX_VISIBILITY_SECONDS = 43_200;
const BATCH = 10;
const LONG_POLL_SECONDS = 20;

/** @throws Error when the package `@aws-sdk/client-sqs` is not installed. */
export async function loadSqs(): Promise<(options: SqsOptions) => QueueSource> {
  const client = await loadClient('@aws-sdk/client-sqs', {
    setting: 'QUEUE_SQS_URL',
    load: () => import('@aws-sdk/client-sqs'),
  });
  return (options) => new SqsSource(client, options);
}

class SqsSource implements QueueSource {
  readonly name = 'sqs';
  readonly #sdk: Client;
  readonly #options: SqsOptions;
  readonly #sqs: SQSClient;
  readonly #inHand: InHand;
  readonly #visibilitySeconds: number;
  readonly #closing = new AbortController();
  #deadUrl = '';
  #reading: Promise<void> = Promise.resolve();

  constructor(sdk: Client, options: SqsOptions) {
    this.#sdk = sdk;
    this.#options = options;
    const { region, endpoint = new URL(options.url).origin } = options;
    this.#sqs = new sdk.SQSClient({ region, endpoint });
    this.#inHand = createInHand(options.prefetch);
    this.#visibilitySeconds = Math.ceil(options.leaseMs / 1000);
  }

  async start(handler: QueueHandler): Promise<void> {
    this.#deadUrl = await this.#findDeadLetters();
    this.#reading = this.#read(handler);
  }

  async inspect(): Promise<QueueState> {
    const { ApproximateNumberOfMessages: waiting } = await this.#attributes();
    return waiting === undefined ? {} : { waiting: Number(waiting) };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reading;
    await this.#inHand.whenEmpty();
    this.#sqs.destroy();
  }

  async #attributes(): Promise<Partial<Record<string, string>>> {
    const answer = await this.#sqs.send(
      new this.#sdk.GetQueueAttributesCommand({
        QueueUrl: this.#options.url,
        AttributeNames: ['RedrivePolicy', 'ApproximateNumberOfMessages'],
      }),
    );
    return answer.Attributes ?? {};
  }

  async #findDeadLetters(): Promise<string> {
    const { RedrivePolicy: policy } = await this.#attributes();
    const arn = policy === undefined ? undefined : deadLetterArn(policy);
    const [, , , , account, name] = arn?.split(':') ?? [];
    if (account === undefined || name === undefined) {
      throw new Error(
        'QUEUE_SQS_URL: the queue has no RedrivePolicy, so dead letters have nowhere to go; give it a dead-letter queue',
      );
    }
    const { QueueUrl: url } = await this.#sqs.send(
      new this.#sdk.GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account }),
    );
    if (url === undefined) throw new Error(`QUEUE_SQS_URL: no dead-letter queue ${name}`);
    return url;
  }

  async #read(handler: QueueHandler): Promise<void> {
    const { signal } = this.#closing;
    const { clock, logger } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#inHand.whenFree();
        for (const message of await this.#receive()) {
          this.#inHand.add(this.#handle(message, handler));
        }
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ reason: String(error) }, 'SQS: receiving failed');
        await pause(clock, RETRY_MS);
      }
    }
  }

  async #receive(): Promise<readonly Message[]> {
    const { signal: abortSignal } = this.#closing;
    if (abortSignal.aborted) return [];
    const command = new this.#sdk.ReceiveMessageCommand({
      QueueUrl: this.#options.url,
      MaxNumberOfMessages: Math.min(BATCH, this.#inHand.free),
      WaitTimeSeconds: LONG_POLL_SECONDS,
      VisibilityTimeout: this.#visibilitySeconds,
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'MessageGroupId'],
    });
    const { Messages: messages = [] } = await this.#sqs.send(command, { abortSignal });
    return messages;
  }

  async #handle(message: Message, handler: QueueHandler): Promise<void> {
    const { clock, logger } = this.#options;
    const stopKeeping = repeatedly(
      {
        clock,
        ms: (this.#visibilitySeconds * 1000) / 3,
        onError: (error) => logger.warn({ reason: String(error) }, 'SQS: a message may come again'),
      },
      () => this.#hide(message, this.#visibilitySeconds),
    );
    const { Body: body = '', Attributes: attributes, MessageId: id } = message;
    const key = attributes?.MessageGroupId;
    try {
      const settlement = await handler({
        body: Buffer.from(body),
        ...(id !== undefined && { id }),
        ...(key !== undefined && { key }),
        redeliveries: Math.max(0, Number(attributes?.ApproximateReceiveCount ?? 1) - 1),
      });
      stopKeeping();
      if (settlement.type === 'retry') {
        await this.#hide(message, Math.ceil(settlement.delayMs / 1000));
        return;
      }
      if (settlement.type === 'dead') await this.#bury(message, settlement.reason);
      await this.#delete(message);
    } catch (error) {
      logger.warn({ reason: String(error) }, 'SQS: a message was not settled; it comes again');
    } finally {
      stopKeeping();
    }
  }

  async #hide({ ReceiptHandle: receipt }: Message, seconds: number): Promise<void> {
    await this.#sqs.send(
      new this.#sdk.ChangeMessageVisibilityCommand({
        QueueUrl: this.#options.url,
        ReceiptHandle: receipt,
        VisibilityTimeout: Math.min(seconds, MAX_VISIBILITY_SECONDS),
      }),
    );
  }

  async #delete({ ReceiptHandle: receipt }: Message): Promise<void> {
    await this.#sqs.send(
      new this.#sdk.DeleteMessageCommand({
        QueueUrl: this.#options.url,
        ReceiptHandle: receipt,
      }),
    );
  }

  async #bury(message: Message, reason: string): Promise<void> {
    const text = (value: string): { DataType: string; StringValue: string } => ({
      DataType: 'String',
      StringValue: value,
    });
    const group = message.Attributes?.MessageGroupId;
    await this.#sqs.send(
      new this.#sdk.SendMessageCommand({
        QueueUrl: this.#deadUrl,
        MessageBody: message.Body,
        MessageAttributes: {
          'carillon-reason': text(printable(reason)),
          'carillon-queue': text(this.#options.url),
        },
        ...(group !== undefined &&
          this.#deadUrl.endsWith('.fifo') && {
            MessageGroupId: group,
            MessageDeduplicationId: message.MessageId,
          }),
      }),
    );
  }
}

const deadLetterArn = (policy: string): string | undefined => {
  const parsed: unknown = JSON.parse(policy);
  const arn =
    typeof parsed === 'object' && parsed !== null
      ? Reflect.get(parsed, 'deadLetterTargetArn')
      : undefined;
  return typeof arn === 'string' ? arn : undefined;
};

/** SQS refuses attributes with other control characters than tab and line ends. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const printable = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f]/g, ' ');
