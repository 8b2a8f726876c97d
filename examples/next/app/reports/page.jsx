import { redirect } from 'next/navigation';
import { currentUser } from '../../lib/session.js';
import { Head } from '../head.jsx';
import { Reports } from '../report-list.jsx';

/** The same connection as the dashboard's, without chat: its route does not list it. */
export default async function ReportsPage() {
  const user = await currentUser();
  if (user === null) redirect('/login');
  return (
    <>
      <Head user={user} />
      <main>
        <h1>Reports</h1>
        <Reports />
      </main>
    </>
  );
}
