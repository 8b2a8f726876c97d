import { callCarillon } from '../../../lib/backend.js';
import { currentUser } from '../../../lib/session.js';

export async function POST() {
  const user = await currentUser();
  if (user === null) return new Response(null, { status: 401 });
  const sent = await callCarillon('/api/v1/notifications', {
    users: [user],
    title: 'Order shipped',
    content: 'It arrives on Friday.',
    type: 'success',
    link: '/reports',
  });
  return Response.json(sent, { status: 202 });
}
