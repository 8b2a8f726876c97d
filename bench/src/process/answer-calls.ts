/** The child's side of process/remote.ts: answers named calls until the parent lets go. */
import type { CallTable } from './remote.ts';

interface Question {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

export function answerCalls<T extends CallTable<T>>(calls: T): void {
  const table = new Map<string, (input: never) => Promise<unknown>>(Object.entries(calls));
  process.on('message', (question: Question) => {
    answer(table, question).then(
      (value) => process.send?.({ id: question.id, value }),
      (error: unknown) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.send?.({ id: question.id, error: text });
      },
    );
  });
  process.once('disconnect', () => process.exit(0));
}

async function answer(
  table: ReadonlyMap<string, (input: never) => Promise<unknown>>,
  question: Question,
): Promise<unknown> {
  const call = table.get(question.name);
  if (call === undefined) throw new Error(`no call named ${question.name}`);
  // Both sides compile against one table type, so the input has the type the call expects.
  return call(question.input as never);
}
