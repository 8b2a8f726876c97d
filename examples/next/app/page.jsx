import { redirect } from 'next/navigation';
import { currentUser } from '../lib/session.js';

export default async function Home() {
  redirect((await currentUser()) === null ? '/login' : '/dashboard');
}
