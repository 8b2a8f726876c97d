/** What `<WebSocketStatus/>` shows of a connection (E6): a text, a tone, and which buttons make sense. */
import type { ConnectionState } from '../connection/connection-state.ts';
import type { UiTexts } from './ui-texts.ts';

/** `disabled`: the page's route asks for no connection. */
export type ConnectionStatus = ConnectionState['status'] | 'disabled';

export type Tone = 'good' | 'busy' | 'bad' | 'off';

export interface ConnectionView {
  readonly status: ConnectionStatus;
  readonly tone: Tone;
  readonly text: string;
  readonly canConnect: boolean;
  readonly canRetry: boolean;
  readonly canDisconnect: boolean;
}

export interface ConnectionViewInput {
  /** Undefined: disabled on this page. */
  readonly state: ConnectionState | undefined;
  readonly nowMs: number;
  readonly texts: UiTexts;
}

type Button = 'connect' | 'retry' | 'disconnect';

export function connectionView({ state, nowMs, texts }: ConnectionViewInput): ConnectionView {
  const { t } = texts;
  const view = (tone: Tone, text: string, buttons: readonly Button[]): ConnectionView => ({
    status: state?.status ?? 'disabled',
    tone,
    text,
    canConnect: buttons.includes('connect'),
    canRetry: buttons.includes('retry'),
    canDisconnect: buttons.includes('disconnect'),
  });
  switch (state?.status) {
    case undefined:
      return view('off', t('status.disabled'), []);
    case 'idle':
      return view('off', t('status.idle'), ['connect']);
    case 'connecting': {
      const text = t(state.lostAtMs === undefined ? 'status.connecting' : 'status.waiting');
      return view('busy', text, ['disconnect']);
    }
    case 'connected':
      return view('good', t(state.isShared ? 'status.shared' : 'status.connected'), ['disconnect']);
    case 'waiting': {
      const seconds = Math.ceil((state.retryAtMs - nowMs) / 1_000);
      const text = seconds > 0 ? texts.count('status.retryIn', seconds) : t('status.waiting');
      return view('busy', text, ['retry', 'disconnect']);
    }
    case 'offline':
      return view('bad', t('status.offline'), ['retry', 'disconnect']);
    case 'closed':
      return view('bad', t(closedText(state.why)), ['retry']);
  }
}

/** No token, not allowed, a token that ran out; invalid token, permission denied. */
const REFUSALS: readonly number[] = [101, 103, 109, 3500, 3507];

/** Terminal codes and what the client itself found (code 0); see docs/errors.md. */
function closedText({ code, reason }: { readonly code: number; readonly reason: string }) {
  if (code === 0) return reason === 'signed out' ? 'status.signedOut' : 'status.gaveUp';
  return REFUSALS.includes(code) ? 'status.refused' : 'status.closed';
}

/** A connection that is gone for a moment is not worth a banner. */
const BANNER_AFTER_MS = 2_000;

/** True where people should be told that the connection is missing. */
export function isBannerDue(state: ConnectionState | undefined, nowMs: number): boolean {
  if (state === undefined || state.status === 'idle' || state.status === 'connected') return false;
  if (state.status === 'closed') return true;
  return state.lostAtMs !== undefined && nowMs - state.lostAtMs >= BANNER_AFTER_MS;
}

/** Whether the text depends on the clock now. */
export const countsDown = (state: ConnectionState | undefined): boolean =>
  state?.status === 'waiting';
