import { tokenFor } from '../../../lib/backend.js';
import { currentUser } from '../../../lib/session.js';

/** A token for the browser, asked for at connect and again before it runs out. */
export async function GET() {
  const user = await currentUser();
  if (user === null) return Response.json({ error: 'nobody is signed in' }, { status: 401 });
  return Response.json({ token: tokenFor(user) }, { headers: { 'cache-control': 'no-store' } });
}
