/**
 * Who is signed in. An example: any name will do, and the cookie is not signed. A real application
 * checks a password and uses its session library here.
 */
import { cookies } from 'next/headers';

const COOKIE = 'example_user';

export async function currentUser() {
  return (await cookies()).get(COOKIE)?.value ?? null;
}

export async function setCurrentUser(name) {
  const jar = await cookies();
  if (name === null) jar.delete(COOKIE);
  else jar.set(COOKIE, name, { httpOnly: true, sameSite: 'lax', path: '/' });
}
