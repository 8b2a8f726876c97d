/** The head of the pages for people who are signed in. */
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { NotificationBell, WebSocketStatus } from '@carillon/react';
import { setCurrentUser } from '../lib/session.js';

async function signOut() {
  'use server';
  await setCurrentUser(null);
  redirect('/login');
}

export function Head({ user }) {
  return (
    <header className="head">
      <nav aria-label="Pages">
        <Link href="/dashboard">Dashboard</Link>
        <Link href="/reports">Reports</Link>
      </nav>
      <WebSocketStatus showsButtons={false} />
      <NotificationBell countsInTitle />
      <form action={signOut}>
        <button className="carillon-button" data-kind="quiet" type="submit">
          Log out {user}
        </button>
      </form>
    </header>
  );
}
