/** What will go along with the next message: files that upload while one is still writing. */
import type { Attachment } from '../files/attachment.ts';
import { imageSize } from './image-size.ts';
import type { Uploads } from './uploads.ts';

export interface PickedFile {
  readonly file: File;
  readonly durationMs?: number;
}

export interface TrayItem extends PickedFile {
  readonly key: number;
  /** Of a picture, to show before it is sent. */
  readonly previewUrl?: string;
  readonly state: 'uploading' | 'ready' | 'failed';
  /** 0–1. */
  readonly progress: number;
  readonly uploaded?: Attachment;
  readonly error?: string;
}

export class UploadTray {
  readonly #uploads: Pick<Uploads, 'upload'>;
  readonly #conversationId: string;
  readonly #listeners = new Set<() => void>();
  readonly #aborts = new Map<number, AbortController>();
  #items: readonly TrayItem[] = [];
  #nextKey = 1;

  constructor(uploads: Pick<Uploads, 'upload'>, conversationId: string) {
    this.#uploads = uploads;
    this.#conversationId = conversationId;
  }

  readonly getSnapshot = (): readonly TrayItem[] => this.#items;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins to send them at once. */
  add(files: readonly PickedFile[]): void {
    const added = files.map((picked): TrayItem => {
      const key = this.#nextKey;
      this.#nextKey += 1;
      const isImage = picked.file.type.startsWith('image/');
      const previewUrl = isImage ? URL.createObjectURL(picked.file) : undefined;
      return {
        ...picked,
        key,
        state: 'uploading',
        progress: 0,
        ...(previewUrl === undefined ? {} : { previewUrl }),
      };
    });
    this.#set([...this.#items, ...added]);
    for (const item of added) void this.#start(item);
  }

  retry(key: number): void {
    const item = this.#find(key);
    if (item === undefined) return;
    this.#patch(key, { state: 'uploading', progress: 0 });
    void this.#start(item);
  }

  remove(key: number): void {
    this.#aborts.get(key)?.abort();
    release(this.#find(key));
    this.#set(this.#items.filter((item) => item.key !== key));
  }

  /** Empties the tray; what it held is now a message's. */
  takeReady(): readonly Attachment[] {
    const taken = this.#items;
    for (const item of taken) release(item);
    this.#set([]);
    return taken.flatMap(({ uploaded }) => (uploaded === undefined ? [] : [uploaded]));
  }

  /** Stops what is still on its way. */
  close(): void {
    for (const abort of this.#aborts.values()) abort.abort();
    this.#aborts.clear();
  }

  async #start({ key, file, durationMs }: TrayItem): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(key, abort);
    try {
      const uploaded = await this.#uploads.upload({
        file,
        conversationId: this.#conversationId,
        ...(await imageSize(file)),
        ...(durationMs === undefined ? {} : { durationMs }),
        onProgress: (progress) => this.#patch(key, { progress }),
        signal: abort.signal,
      });
      this.#patch(key, { state: 'ready', progress: 1, uploaded });
    } catch (error) {
      if (abort.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      this.#patch(key, { state: 'failed', error: message });
    } finally {
      this.#aborts.delete(key);
    }
  }

  #find(key: number): TrayItem | undefined {
    return this.#items.find((item) => item.key === key);
  }

  #patch(key: number, change: Partial<TrayItem>): void {
    this.#set(this.#items.map((item) => (item.key === key ? { ...item, ...change } : item)));
  }

  #set(items: readonly TrayItem[]): void {
    this.#items = items;
    for (const listener of this.#listeners) listener();
  }
}

function release(item: TrayItem | undefined): void {
  if (item?.previewUrl !== undefined) URL.revokeObjectURL(item.previewUrl);
}
