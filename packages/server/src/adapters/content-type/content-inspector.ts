/**
 * Tells a file's type by its first bytes. A text has no mark: what is none of the known types and
 * is valid UTF-8 without control characters to its very end is `text/plain`, unless it begins as
 * markup, which browsers would run.
 */
import { fileTypeFromBuffer } from 'file-type';
import type { ContentInspector, DetectedType } from '../../ports/content-type.ts';
import { isControlled, isText, markupType } from './text-content.ts';
import { soundOnly } from './sound-only.ts';

/** As many as the library asks for to tell all its types apart. */
const HEAD_BYTES = 4100;

const MEDIA = /^(?:image|audio|video)\//;

/** The same thing by another name. */
const NAMES: Readonly<Record<string, string>> = {
  'audio/x-m4a': 'audio/mp4',
  'audio/m4a': 'audio/mp4',
  'audio/opus': 'audio/ogg',
  'audio/x-flac': 'audio/flac',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-wav': 'audio/wav',
  'video/x-m4v': 'video/mp4',
};

const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/tiff': ['tif', 'tiff'],
  'image/heic': ['heic', 'heif'],
  'image/png': ['png', 'apng'],
  'audio/mp4': ['m4a', 'mp4', 'aac'],
  'audio/ogg': ['ogg', 'oga', 'opus'],
  'audio/webm': ['webm', 'weba'],
  'video/mp4': ['mp4', 'm4v'],
  'video/quicktime': ['mov', 'qt'],
};

const strictDecoder = () => new TextDecoder('utf-8', { fatal: true });

export const inspectContent = (): ContentInspector => new Inspector();

class Inspector implements ContentInspector {
  #head = new Uint8Array(0);
  #text: ReturnType<typeof strictDecoder> | undefined;
  isDecided = false;
  type: DetectedType | undefined;

  async add(chunk: Uint8Array): Promise<void> {
    if (this.isDecided) {
      this.#readOn(chunk);
      return;
    }
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length >= HEAD_BYTES) await this.#decide();
  }

  async end(): Promise<void> {
    if (!this.isDecided) await this.#decide();
    if (this.#text === undefined) return;
    try {
      this.#text.decode();
    } catch {
      this.type = undefined;
    }
  }

  async #decide(): Promise<void> {
    this.isDecided = true;
    const head = this.#head;
    this.#head = new Uint8Array(0);
    const found = await fileTypeFromBuffer(head.subarray(0, HEAD_BYTES));
    // Two letters of a text can look like the mark of a picture ("BM"); a picture is never all text.
    if (found !== undefined && !(MEDIA.test(found.mime) && isText(head))) {
      const [declared = ''] = found.mime.split(';', 1);
      const mime = soundOnly(NAMES[declared] ?? declared, head);
      this.type = { mime, extensions: EXTENSIONS[mime] ?? [found.ext] };
      return;
    }
    this.type = markupType(head) ?? { mime: 'text/plain', extensions: [] };
    this.#text = strictDecoder();
    this.#readOn(head);
  }

  #readOn(chunk: Uint8Array): void {
    if (this.#text === undefined || this.type === undefined) return;
    try {
      if (isControlled(this.#text.decode(chunk, { stream: true }))) this.type = undefined;
    } catch {
      this.type = undefined;
    }
  }
}
