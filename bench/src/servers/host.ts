/** Runs one system under test in this process and answers the parent's calls about it. */
import { answerCalls } from '../process/answer-calls.ts';
import { cpuUs, LoopWatch, settleMemory } from '../process/vitals.ts';
import type { BenchServer, ServerCalls, ServerOptions, ServerVitals } from './calls.ts';
import { Timetable } from './timetable.ts';

export function hostServer(startServer: (options: ServerOptions) => Promise<BenchServer>): void {
  const loop = new LoopWatch();
  let server: BenchServer | undefined;
  let timetable: Timetable | undefined;
  const vitals = (): ServerVitals => ({
    cpuUs: server?.cpuUs?.() ?? cpuUs(),
    rssBytes: process.memoryUsage.rss(),
    failures: server?.failures() ?? 0,
  });
  answerCalls<ServerCalls>({
    async start(options) {
      server = await startServer(options);
      timetable = new Timetable(server);
      return { port: server.port };
    },
    async publish(plan) {
      if (timetable === undefined) throw new Error('publish before start');
      await timetable.run(plan);
    },
    vitals: () => Promise.resolve(vitals()),
    async settleMemory() {
      await settleMemory();
      return vitals();
    },
    watchLoop: () => Promise.resolve(loop.start()),
    loopDelay: () => Promise.resolve(loop.stop()),
  });
}
