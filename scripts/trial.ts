/** The trial at full size, by hand: `npm run trial`. Prints a report for docs/guarantees.md. */
import { runTrial } from '../e2e/src/topology/trial.ts';

const people = Number(process.argv[2] ?? 2000);
const startedAt = performance.now();
const note = (text: string): void => {
  console.error(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)} s  ${text}`);
};

const report = await runTrial({
  people,
  messagesPerSecond: 20,
  notificationsPerSecond: 4,
  redisRestarts: 20,
  pubSubKills: 100,
  postgresRestarts: 10,
  note,
});
console.log(JSON.stringify(report, undefined, 2));
process.exit(report.violations.length === 0 ? 0 : 1);
