/** The load generator's process: plays the clients that the parent asks for. */
import { answerCalls } from '../process/answer-calls.ts';
import { arrive } from './arrivals.ts';
import { Audience } from './audience.ts';
import type { GeneratorCalls } from './calls.ts';
import { ChatCrowd } from './chat-crowd.ts';

let audience: Audience | undefined;
let crowd: ChatCrowd | undefined;

const present = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('nobody is connected yet');
  return value;
};

answerCalls<GeneratorCalls>({
  async gather(plan) {
    audience = new Audience(plan);
    await audience.gather();
  },
  begin: () => Promise.resolve(present(audience).begin()),
  collect: ({ perSubscriber, timeoutMs }) => present(audience).collect(perSubscriber, timeoutMs),
  arrive,
  async startChat(plan) {
    crowd = new ChatCrowd(plan);
    await crowd.start();
  },
  measureChat: ({ seconds }) => present(crowd).measure(seconds),
  stopChat: () => present(crowd).stop(),
  dropAll() {
    audience?.dropAll();
    crowd?.dropAll();
    return Promise.resolve();
  },
});
