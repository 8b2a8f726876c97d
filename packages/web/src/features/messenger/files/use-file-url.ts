/** The address of a file, signed for a while; renewed when it has run out. */
import { useEffect, useState } from 'react';
import { useMessenger } from '../messenger.ts';

export type FileUrl =
  | { readonly status: 'loading' | 'unavailable' }
  | { readonly status: 'ready'; readonly url: string };

const ready = (url: string): FileUrl => ({ status: 'ready', url });

export function useFileUrl(id: string): FileUrl {
  const { uploads } = useMessenger();
  const [state, setState] = useState<FileUrl>(() => {
    const local = uploads.localUrl(id);
    return local === undefined ? { status: 'loading' } : ready(local);
  });
  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async (): Promise<void> => {
      const local = uploads.localUrl(id);
      if (local !== undefined) return setState(ready(local));
      try {
        const link = await uploads.link(id);
        if (isGone) return;
        setState(ready(link.url));
        timer = setTimeout(() => void load(), Math.max(60_000, link.expiresAtMs - Date.now()));
      } catch {
        if (!isGone) setState({ status: 'unavailable' });
      }
    };
    void load();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [uploads, id]);
  return state;
}
