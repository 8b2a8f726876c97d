/**
 * Where the bytes of uploads are. Everything rejects with StoreUnavailableError where the device
 * refuses (full, failing, read-only); nothing was kept then.
 */
export interface FileStore {
  /** A file that nobody sees before it is kept, and that a crash leaves for `removeUnfinished`. */
  begin(): Promise<UnfinishedFile>;
  /** Bytes `start` to `end`, both inclusive; undefined: no such file. */
  read(id: string, range: { start: number; end: number }): Promise<FileBytes | undefined>;
  /** Also when it is gone already. */
  remove(id: string): Promise<void>;
  /** Files that were begun, never kept, and not written to for so long. Answers how many. */
  removeUnfinished(olderThanMs: number): Promise<number>;
}

export interface UnfinishedFile {
  write(chunk: Uint8Array): Promise<void>;
  /** What was written survives a power cut. */
  sync(): Promise<void>;
  /** Its name from now on, at once and for good. After `sync`. */
  keep(id: string): Promise<void>;
  /** Leaves nothing behind; without effect after `keep`. Never rejects. */
  discard(): Promise<void>;
}

export interface FileBytes extends AsyncIterable<Uint8Array> {
  /** Lets go of the file where nobody reads to the end. */
  destroy(): unknown;
}
