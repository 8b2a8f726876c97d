/** What will go along with the next message: files that upload while one is still writing. */
import { useEffect, useRef, useState } from 'react';
import { useMessenger } from '../messenger.ts';
import type { Attachment } from '../files/attachment.ts';
import { imageSize } from './image-size.ts';

export interface PickedFile {
  readonly file: File;
  readonly durationMs?: number;
}

export interface TrayItem {
  readonly key: number;
  readonly file: File;
  /** Of a picture, to show before it is sent. */
  readonly previewUrl?: string;
  readonly durationMs?: number;
  readonly state: 'uploading' | 'ready' | 'failed';
  /** 0–1. */
  readonly progress: number;
  readonly uploaded?: Attachment;
  readonly error?: string;
}

export interface Attachments {
  readonly items: readonly TrayItem[];
  readonly add: (files: readonly PickedFile[]) => void;
  readonly addFiles: (files: readonly File[]) => void;
  readonly retry: (key: number) => void;
  readonly remove: (key: number) => void;
  /** Empties the tray; what it held is now a message's. */
  readonly takeReady: () => readonly Attachment[];
}

export function useAttachments(conversationId: string): Attachments {
  const { uploads } = useMessenger();
  const [items, setItems] = useState<readonly TrayItem[]>([]);
  const aborts = useRef(new Map<number, AbortController>());
  const nextKey = useRef(1);

  useEffect(() => {
    const running = aborts.current;
    return () => {
      for (const abort of running.values()) abort.abort();
      running.clear();
    };
  }, []);

  const patch = (key: number, change: Partial<TrayItem>): void =>
    setItems((all) => all.map((item) => (item.key === key ? { ...item, ...change } : item)));

  const start = async (item: TrayItem): Promise<void> => {
    const abort = new AbortController();
    aborts.current.set(item.key, abort);
    try {
      const size = await imageSize(item.file);
      const uploaded = await uploads.upload({
        file: item.file,
        conversationId,
        ...size,
        ...(item.durationMs === undefined ? {} : { durationMs: item.durationMs }),
        onProgress: (progress) => patch(item.key, { progress }),
        signal: abort.signal,
      });
      patch(item.key, { state: 'ready', progress: 1, uploaded });
    } catch (error) {
      if (abort.signal.aborted) return;
      patch(item.key, {
        state: 'failed',
        error: error instanceof Error ? error.message : String(error),
      });
    } finally {
      aborts.current.delete(item.key);
    }
  };

  const add = (files: readonly PickedFile[]): void => {
    const added = files.map(({ file, durationMs }): TrayItem => {
      const key = nextKey.current;
      nextKey.current += 1;
      return {
        key,
        file,
        state: 'uploading',
        progress: 0,
        ...(file.type.startsWith('image/') ? { previewUrl: URL.createObjectURL(file) } : {}),
        ...(durationMs === undefined ? {} : { durationMs }),
      };
    });
    setItems((all) => [...all, ...added]);
    for (const item of added) void start(item);
  };

  return {
    items,
    add,
    addFiles: (files) => add(files.map((file) => ({ file }))),
    retry: (key) => {
      const item = items.find((each) => each.key === key);
      if (item === undefined) return;
      patch(key, { state: 'uploading', progress: 0 });
      void start(item);
    },
    remove: (key) => {
      aborts.current.get(key)?.abort();
      const item = items.find((each) => each.key === key);
      if (item?.previewUrl !== undefined) URL.revokeObjectURL(item.previewUrl);
      setItems((all) => all.filter((each) => each.key !== key));
    },
    takeReady: () => {
      for (const { previewUrl } of items) {
        if (previewUrl !== undefined) URL.revokeObjectURL(previewUrl);
      }
      setItems([]);
      return items.flatMap(({ uploaded }) => (uploaded === undefined ? [] : [uploaded]));
    },
  };
}
