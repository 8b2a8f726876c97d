/**
 * The way up for transports that only come down: commands are posted to /emulation, which finds the
 * process that holds our stream. One post at a time, or they would overtake one another.
 */
import { ABNORMAL_CLOSE, type TransportOptions } from './transport.ts';

export interface Uplink {
  readonly send: (text: string) => void;
  readonly welcome: (session: string, node: string) => void;
}

export function createUplink(
  { base, environment, onClose }: TransportOptions,
  signal: AbortSignal,
): Uplink {
  let waiting: string[] = [];
  let address: { readonly session: string; readonly node: string } | undefined;
  let isPosting = false;

  const post = async (): Promise<void> => {
    if (!address || isPosting || waiting.length === 0) return;
    isPosting = true;
    const data = waiting.join('\n');
    waiting = [];
    try {
      const body = JSON.stringify({ ...address, data });
      const url = base.replace(/connection$/, 'emulation');
      const response = await environment.fetch?.(url, { method: 'POST', body, signal });
      if (!response?.ok) throw new Error(`HTTP ${response?.status}`);
      isPosting = false;
      void post();
    } catch (error) {
      if (!signal.aborted) onClose({ code: ABNORMAL_CLOSE, reason: String(error) });
    }
  };

  return {
    send(text) {
      waiting.push(text);
      void post();
    },
    welcome(session, node) {
      address = { session, node };
      void post();
    },
  };
}
