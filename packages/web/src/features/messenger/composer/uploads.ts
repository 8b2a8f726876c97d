/** Files on their way to the server and back: sending one, and the address to look at one. */
import type { Attachment } from '../files/attachment.ts';

export interface UploadInput {
  readonly file: File;
  readonly conversationId: string;
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
  /** 0–1. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

export interface FileLink {
  readonly url: string;
  readonly expiresAtMs: number;
}

export interface Uploads {
  upload(input: UploadInput): Promise<Attachment>;
  /** Remembered until it has nearly run out. */
  link(id: string): Promise<FileLink>;
  /** Of what was uploaded from this page: shown without asking the server. */
  localUrl(id: string): string | undefined;
  localFile(id: string): Attachment | undefined;
  /** Frees what was held for the page. */
  close(): void;
}
