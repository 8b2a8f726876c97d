import { setTimeout as pause } from 'node:timers/promises';
import { after } from 'next/server';
import { callCarillon } from '../../../lib/backend.js';
import { currentUser } from '../../../lib/session.js';

const STEPS = ['Collecting', 'Counting', 'Drawing', 'Printing'];
const STEP_MS = Number(process.env.STEP_MS ?? 1_000);

/** Answers at once; the work goes on, and tells how far it is. */
export async function POST() {
  const user = await currentUser();
  if (user === null) return new Response(null, { status: 401 });
  const task = `/api/v1/tasks/report-${crypto.randomUUID()}`;
  await callCarillon(`${task}/start`, {
    owner: user,
    title: 'Monthly report',
    total_steps: STEPS.length,
  });
  after(async () => {
    for (const [at, message] of STEPS.entries()) {
      await pause(STEP_MS);
      const progress = (100 * (at + 1)) / STEPS.length;
      await callCarillon(`${task}/progress`, { message, step: at + 1, progress });
    }
    await callCarillon(`${task}/complete`, { message: 'Ready', result: { pages: 12 } });
  });
  return Response.json({ started: true }, { status: 202 });
}
