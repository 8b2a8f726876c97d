/** The load generator's process: plays the clients that the parent asks for. */
import { answerCalls } from '../process/answer-calls.ts';
import { arrive } from './arrivals.ts';
import { Audience } from './audience.ts';
import type { GeneratorCalls } from './calls.ts';
import { ChatCrowd } from './chat-crowd.ts';
import { JitterCrowd } from './jitter.ts';

let audience: Audience | undefined;
let crowd: ChatCrowd | undefined;
let wanderers: JitterCrowd | undefined;
const drops: (() => void)[] = [];

const present = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('nobody is connected yet');
  return value;
};

answerCalls<GeneratorCalls>({
  async gather(plan) {
    audience = new Audience(plan);
    drops.push(() => audience?.dropAll());
    await audience.gather();
  },
  begin: () => Promise.resolve(present(audience).begin()),
  collect: ({ perSubscriber, timeoutMs }) => present(audience).collect(perSubscriber, timeoutMs),
  async arrive(plan) {
    const { arrived, dropAll } = await arrive(plan);
    drops.push(dropAll);
    return arrived;
  },
  async startChat(plan) {
    crowd = new ChatCrowd(plan);
    drops.push(() => crowd?.dropAll());
    await crowd.start();
  },
  measureChat: ({ seconds }) => present(crowd).measure(seconds),
  stopChat: () => present(crowd).stop(),
  async gatherJitter(plan) {
    wanderers = new JitterCrowd(plan);
    drops.push(() => wanderers?.dropAll());
    await wanderers.ready();
  },
  runJitter: () => present(wanderers).run(),
  dropAll() {
    for (const drop of drops.splice(0)) drop();
    return Promise.resolve();
  },
});
