/** A connection opened by hand, whatever carries it. Nothing is retried and nothing is answered here. */
import type { ConnectPlan } from './connect-plan.ts';
import { openHttpLine } from './http-line.ts';
import { openWebSocketLine } from './websocket-line.ts';

export type LineEnd =
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  /** A refusal before anything was streamed; `body` is what the server said. */
  | { readonly kind: 'http'; readonly status: number; readonly body: string }
  /** The stream ended, or there was no answer at all. */
  | { readonly kind: 'ended' | 'unreachable' };

export interface LineEvents {
  readonly onOpen: () => void;
  readonly onFrame: (text: string, bytes?: number) => void;
  /** A frame could not be handed over: an answer of /emulation. */
  readonly onRefused: (status: number, body: string) => void;
  /** Once; nothing comes after it. */
  readonly onEnd: (end: LineEnd) => void;
}

export interface Line {
  /** False when it is not open, or runs one way. */
  readonly send: (text: string) => boolean;
  /** Says goodbye; `onEnd` is still told. */
  readonly close: () => void;
}

export const openLine = (plan: ConnectPlan, events: LineEvents): Line =>
  plan.transport === 'websocket' ? openWebSocketLine(plan, events) : openHttpLine(plan, events);
