'use client';
/** The provider, told by the router which page is shown. */
import { usePathname } from 'next/navigation';
import { CarillonProvider } from '@carillon/react';
import { routes } from './routes.js';

async function getToken({ signal }) {
  const response = await fetch('/api/token', { signal });
  // Null: nobody is signed in any more. Any other failure is thrown, and tried again.
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return (await response.json()).token;
}

export function Live({ user, url, children }) {
  return (
    <CarillonProvider
      url={url}
      user={user}
      getToken={getToken}
      routes={routes}
      usePathname={usePathname}
    >
      {children}
    </CarillonProvider>
  );
}
