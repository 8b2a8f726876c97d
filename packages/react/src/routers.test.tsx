// @vitest-environment jsdom
/** The adapters of docs/pages.md: which page is shown, as Next.js, React Router and a plain page tell it. */
import { StrictMode, useSyncExternalStore } from 'react';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { Link, MemoryRouter, useLocation } from 'react-router';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CarillonProvider, useWebSocketByPage, WebSocketStatus } from './index.ts';

const routes = {
  '/': { enabled: false },
  '/dashboard': { features: ['system_notifications'] },
  '/dashboard/chat': { features: ['messaging', 'typing_indicator'] },
} as const;

/** Never answers: what is looked at is whether anything is asked. */
const getToken = vi.fn(() => new Promise<string>(() => undefined));

afterEach(() => {
  cleanup();
  getToken.mockClear();
});

function Shown() {
  const { connectionStatus, config } = useWebSocketByPage();
  return (
    <output>
      {connectionStatus} {[...config.features].join()}
    </output>
  );
}

const shown = (): string => screen.getByRole('status', { name: '' }).textContent ?? '';

const provider = (usePathname: () => string | null, strict = false) => {
  const tree = (
    <CarillonProvider
      url="https://live.example.org"
      user="alice"
      getToken={getToken}
      routes={routes}
      usePathname={usePathname}
    >
      <Shown />
    </CarillonProvider>
  );
  return strict ? <StrictMode>{tree}</StrictMode> : tree;
};

describe('React Router', () => {
  const usePathname = (): string => useLocation().pathname;

  it('each page gets the connection and the features of its route', () => {
    render(
      <MemoryRouter initialEntries={['/login']}>
        <Link to="/dashboard/orders">orders</Link>
        <Link to="/dashboard/chat/7">chat</Link>
        <Link to="/login">out</Link>
        {provider(usePathname, true)}
      </MemoryRouter>,
    );
    expect(shown()).toBe('disabled ');
    expect(getToken).not.toHaveBeenCalled();
    fireEvent.click(screen.getByText('orders'));
    expect(shown()).toBe('connecting system_notifications');
    fireEvent.click(screen.getByText('chat'));
    expect(shown()).toBe('connecting messaging,typing_indicator');
    expect(getToken).toHaveBeenCalledTimes(1);
    fireEvent.click(screen.getByText('out'));
    expect(shown()).toBe('disabled ');
  });
});

describe('a plain page', () => {
  function subscribe(listener: () => void): () => void {
    addEventListener('popstate', listener);
    return () => removeEventListener('popstate', listener);
  }
  const usePathname = (): string =>
    useSyncExternalStore(
      subscribe,
      () => location.pathname,
      () => '/',
    );
  const go = (path: string): void =>
    act(() => {
      history.pushState(null, '', path);
      dispatchEvent(new PopStateEvent('popstate'));
    });

  it('follows the address', () => {
    go('/login');
    render(provider(usePathname));
    expect(shown()).toBe('disabled ');
    go('/dashboard');
    expect(shown()).toBe('connecting system_notifications');
    go('/');
    expect(shown()).toBe('disabled ');
    expect(getToken).toHaveBeenCalledTimes(1);
  });
});

describe('Next.js', () => {
  it('its hook may say null while nothing is known: no connection then', () => {
    render(provider(() => null));
    expect(shown()).toBe('disabled ');
    expect(getToken).not.toHaveBeenCalled();
  });

  it('what the server rendered is taken over without a difference', async () => {
    const faults = vi.fn();
    const tree = (
      <CarillonProvider user="alice" getToken={getToken} routes={routes} pathname="/dashboard">
        <WebSocketStatus />
      </CarillonProvider>
    );
    const root = document.createElement('div');
    document.body.append(root);
    root.innerHTML = renderToString(tree);
    const hydrated = await act(async () => hydrateRoot(root, tree, { onRecoverableError: faults }));
    expect(faults).not.toHaveBeenCalled();
    expect(root.textContent).toContain('Connecting');
    act(() => hydrated.unmount());
    root.remove();
  });
});
