/** What a file is, told by its bytes and nothing else. */
export interface DetectedType {
  /** Without parameters: `image/png`. */
  readonly mime: string;
  /** Without dot, the usual one first; empty where any will do (text). */
  readonly extensions: readonly string[];
}

/** Of one file. */
export interface ContentInspector {
  /** The next bytes, in order. */
  add(chunk: Uint8Array): Promise<void>;
  /** There are no more. */
  end(): Promise<void>;
  /** False while too little was seen. A text counts as one until something in it is none. */
  readonly isDecided: boolean;
  /** Undefined: nothing that is known. */
  readonly type: DetectedType | undefined;
}

export type InspectContent = () => ContentInspector;
