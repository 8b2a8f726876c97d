import type { Outcome } from '@carillon/protocol';

/** What it is to a reader of the chat: decided by its content. */
export type UploadKind = 'image' | 'voice' | 'file';

/** A file that is complete and on disk. */
export interface Upload {
  /** Unguessable; also its name on disk. */
  readonly id: string;
  readonly conversationId: string;
  readonly owner: string;
  /** For people; never used as a path. */
  readonly name: string;
  /** Detected, without parameters. */
  readonly mime: string;
  readonly kind: UploadKind;
  /** Bytes. */
  readonly size: number;
  /** Pixels and ms as the sender says; shown, never relied on. */
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
  readonly createdAt: number;
}

/** What one user may upload in a period. */
export interface UploadQuota {
  /** ms since 1970. */
  readonly since: number;
  readonly maxBytes: number;
  /** Counted beside the size of each file. */
  readonly bytesPerFile: number;
}

export interface UploadStore {
  /** `quota_exceeded`: nothing was stored. */
  addUpload(upload: Omit<Upload, 'createdAt'>, quota: UploadQuota): Promise<Outcome<Upload>>;
  getUpload(id: string): Promise<Upload | undefined>;
  /** Bytes of the period that are used up, as the quota counts them. */
  uploadedSince(owner: string, quota: UploadQuota): Promise<number>;
  /** A message is about to carry it: it is kept from now on. False: it is gone. */
  keepUpload(id: string): Promise<boolean>;
  /** Those that no message took before `before`, oldest first, cannot be kept or found any more; with those of earlier calls that were not removed. */
  dropUnused(before: number, limit: number): Promise<readonly string[]>;
  /** Their files are gone. Only what was dropped is removed. */
  removeDropped(ids: readonly string[]): Promise<void>;
}
