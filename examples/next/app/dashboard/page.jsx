import { redirect } from 'next/navigation';
import { Chat } from '@carillon/react';
import { callCarillon } from '../../lib/backend.js';
import { currentUser } from '../../lib/session.js';
import { Buttons } from '../buttons.jsx';
import { Head } from '../head.jsx';
import { Reports } from '../report-list.jsx';

export default async function Dashboard() {
  const user = await currentUser();
  if (user === null) redirect('/login');
  // One conversation per pair: the same again brings the first.
  const conversation = await callCarillon('/api/v1/conversations', {
    kind: 'direct',
    members: [user, user === 'support' ? 'alice' : 'support'],
  });
  return (
    <>
      <Head user={user} />
      <main>
        <h1>Dashboard</h1>
        <Buttons />
        <Reports />
        <h2>Support</h2>
        <Chat conversationId={conversation.id} />
      </main>
    </>
  );
}
