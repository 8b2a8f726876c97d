import { redirect } from 'next/navigation';
import { setCurrentUser } from '../../lib/session.js';

async function signIn(form) {
  'use server';
  const name = String(form.get('name') ?? '').trim();
  if (name === '') redirect('/login');
  await setCurrentUser(name);
  redirect('/dashboard');
}

export default function LogIn() {
  return (
    <main>
      <h1>Log in</h1>
      <p>This page has no connection to Carillon: its route does not ask for one.</p>
      <form action={signIn}>
        <label htmlFor="name">Your name</label>
        <input id="name" name="name" required maxLength={64} autoComplete="username" />
        <button className="carillon-button" data-kind="main" type="submit">
          Log in
        </button>
      </form>
    </main>
  );
}
