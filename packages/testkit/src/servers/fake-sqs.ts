/**
 * Amazon SQS as far as a consumer can tell: the JSON protocol with checked signatures, visibility
 * timeouts, receive counts, long polling, redrive to a dead-letter queue, FIFO groups. In memory.
 */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { signatureProblem, type AwsCredentials } from './signature-v4.ts';

const ACCOUNT = '000000000000';
const POLL_MS = 20;

export interface FakeMessage {
  readonly id: string;
  readonly body: string;
  readonly group: string | undefined;
  readonly attributes: Readonly<Record<string, { readonly StringValue?: string }>>;
  receives: number;
  visibleAt: number;
  receipt: string | undefined;
}

export interface FakeSqs {
  readonly endpoint: string;
  readonly credentials: AwsCredentials;
  /** How often each action was called. */
  readonly calls: ReadonlyMap<string, number>;
  /** Requests that were refused for their signature. */
  readonly refused: readonly string[];
  /** Answers the queue's URL. A name that ends in `.fifo` makes a FIFO queue. */
  createQueue(
    name: string,
    options?: { readonly deadLetters?: string; readonly maxReceives?: number },
  ): string;
  send(url: string, body: string, group?: string): string;
  /** What is in the queue, in flight or not. */
  messages(url: string): readonly FakeMessage[];
  stop(): Promise<void>;
}

interface Queue {
  readonly name: string;
  readonly isFifo: boolean;
  readonly redrive: { readonly target: string; readonly maxReceives: number } | undefined;
  messages: FakeMessage[];
}

type Input = Readonly<Record<string, unknown>>;

class ServiceError extends Error {}

export async function startFakeSqs(): Promise<FakeSqs> {
  const credentials: AwsCredentials = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'a secret that only the fake and the test know',
    region: 'eu-central-1',
    service: 'sqs',
  };
  const queues = new Map<string, Queue>();
  const calls = new Map<string, number>();
  const refused: string[] = [];
  let isStopped = false;

  const queueOf = (input: Input): Queue => {
    const name = textOf(input, 'QueueUrl')?.split('/').at(-1) ?? '';
    const queue = queues.get(name);
    if (queue === undefined) throw new ServiceError('QueueDoesNotExist');
    return queue;
  };

  const actions: Readonly<Record<string, (input: Input) => object | Promise<object>>> = {
    GetQueueUrl: ({ QueueName }) => {
      if (!queues.has(String(QueueName))) throw new ServiceError('QueueDoesNotExist');
      return { QueueUrl: `${endpoint}/${ACCOUNT}/${String(QueueName)}` };
    },
    GetQueueAttributes: (input) => ({ Attributes: attributesOf(queueOf(input)) }),
    SendMessage: (input) => {
      const queue = queueOf(input);
      const group = textOf(input, 'MessageGroupId');
      if (queue.isFifo && group === undefined) throw new ServiceError('MissingParameter');
      const body = String(input['MessageBody']);
      const attributes = (input['MessageAttributes'] ?? {}) as FakeMessage['attributes'];
      const id = append(queue, body, { group, attributes });
      return { MessageId: id, MD5OfMessageBody: md5(body) };
    },
    ReceiveMessage: async (input) => {
      const queue = queueOf(input);
      const until = Date.now() + Number(input['WaitTimeSeconds'] ?? 0) * 1000;
      for (;;) {
        const received = receive(queues, queue, input);
        if (received.length > 0 || Date.now() >= until || isStopped) return { Messages: received };
        await new Promise((resolve) => {
          setTimeout(resolve, POLL_MS);
        });
      }
    },
    DeleteMessage: (input) => {
      const queue = queueOf(input);
      const receipt = textOf(input, 'ReceiptHandle');
      queue.messages = queue.messages.filter((message) => message.receipt !== receipt);
      return {};
    },
    ChangeMessageVisibility: (input) => {
      const receipt = textOf(input, 'ReceiptHandle');
      const found = queueOf(input).messages.find((message) => message.receipt === receipt);
      if (found === undefined) throw new ServiceError('MessageNotInflight');
      found.visibleAt = Date.now() + Number(input['VisibilityTimeout']) * 1000;
      return {};
    },
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const problem = signatureProblem(request, body, credentials);
    const action = String(request.headers['x-amz-target']).replace(/^AmazonSQS\./, '');
    if (problem !== undefined) {
      refused.push(problem);
      answer(response, 403, { __type: 'com.amazonaws.sqs#InvalidSecurity', message: problem });
      return;
    }
    calls.set(action, (calls.get(action) ?? 0) + 1);
    try {
      const run = actions[action];
      if (run === undefined) throw new ServiceError('InvalidAction');
      answer(response, 200, await run(JSON.parse(body.toString()) as Input));
    } catch (error) {
      const code = error instanceof ServiceError ? error.message : 'InternalError';
      answer(response, 400, { __type: `com.amazonaws.sqs#${code}`, message: String(error) });
    }
  };

  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;

  return {
    endpoint,
    credentials,
    calls,
    refused,
    createQueue: (name, { deadLetters, maxReceives = 1000 } = {}) => {
      const redrive = deadLetters === undefined ? undefined : { target: deadLetters, maxReceives };
      queues.set(name, { name, isFifo: name.endsWith('.fifo'), redrive, messages: [] });
      return `${endpoint}/${ACCOUNT}/${name}`;
    },
    send: (url, body, group) => append(queueOf({ QueueUrl: url }), body, { group, attributes: {} }),
    messages: (url) => queueOf({ QueueUrl: url }).messages,
    stop: async () => {
      isStopped = true;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function append(
  queue: Queue,
  body: string,
  rest: Pick<FakeMessage, 'group' | 'attributes'>,
): string {
  const id = randomUUID();
  queue.messages.push({ id, body, ...rest, receives: 0, visibleAt: 0, receipt: undefined });
  return id;
}

/** A group waits for its earlier messages, unless they come in the same answer. */
function receive(queues: ReadonlyMap<string, Queue>, queue: Queue, input: Input): object[] {
  const now = Date.now();
  const limit = Number(input['MaxNumberOfMessages'] ?? 1);
  const busy = new Set(
    queue.messages.filter(({ visibleAt }) => visibleAt > now).map(({ group }) => group),
  );
  const received: object[] = [];
  for (const message of queue.messages) {
    if (received.length === limit) break;
    if (message.visibleAt > now || (queue.isFifo && busy.has(message.group))) continue;
    if (queue.redrive !== undefined && message.receives >= queue.redrive.maxReceives) {
      queue.messages = queue.messages.filter((other) => other !== message);
      queues.get(queue.redrive.target)?.messages.push(message);
      continue;
    }
    message.receives += 1;
    message.visibleAt = now + Number(input['VisibilityTimeout'] ?? 30) * 1000;
    message.receipt = randomUUID();
    received.push({
      MessageId: message.id,
      ReceiptHandle: message.receipt,
      Body: message.body,
      MD5OfBody: md5(message.body),
      Attributes: {
        ApproximateReceiveCount: String(message.receives),
        ...(message.group !== undefined && { MessageGroupId: message.group }),
      },
    });
  }
  return received;
}

function attributesOf(queue: Queue): Record<string, string> {
  const now = Date.now();
  const waiting = queue.messages.filter(({ visibleAt }) => visibleAt <= now).length;
  return {
    ApproximateNumberOfMessages: String(waiting),
    ...(queue.redrive !== undefined && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:eu-central-1:${ACCOUNT}:${queue.redrive.target}`,
        maxReceiveCount: queue.redrive.maxReceives,
      }),
    }),
  };
}

const textOf = (input: Input, name: string): string | undefined => {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
}
