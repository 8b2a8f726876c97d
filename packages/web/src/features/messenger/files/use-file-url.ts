/** The address of a file, signed for a while; renewed when it has run out. */
import { useEffect, useState } from 'react';
import { useMessenger } from '../messenger.ts';

export function useFileUrl(id: string): string | 'unavailable' | undefined {
  const { uploads } = useMessenger();
  const [url, setUrl] = useState<string | 'unavailable' | undefined>(() => uploads.localUrl(id));
  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async (): Promise<void> => {
      const local = uploads.localUrl(id);
      if (local !== undefined) return setUrl(local);
      try {
        const link = await uploads.link(id);
        if (isGone) return;
        setUrl(link.url);
        timer = setTimeout(() => void load(), Math.max(60_000, link.expiresAtMs - Date.now()));
      } catch {
        if (!isGone) setUrl('unavailable');
      }
    };
    void load();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [uploads, id]);
  return url;
}
