/** HTTP streaming: the answer to one POST never ends, a line for each message. */
import { createUplink } from './emulation-uplink.ts';
import { ABNORMAL_CLOSE, type OpenTransport } from './transport.ts';

/** WebSocket's "try again later": another way would lead to the same busy server. */
const TRY_AGAIN_LATER = 1013;
const isBusy = (status: number): boolean => status === 429 || status === 503;

export const openHttpStream: OpenTransport = (options) => {
  const { base, query, first, environment, onText, onClose } = options;
  const controller = new AbortController();
  const { signal } = controller;
  const uplink = createUplink(options, signal);

  const read = async (): Promise<void> => {
    const url = `${base}/http_stream${query}`;
    const response = await environment.fetch?.(url, { method: 'POST', body: first, signal });
    if (!response?.ok || !response.body) {
      const status = response?.status ?? 0;
      const code = isBusy(status) ? TRY_AGAIN_LATER : ABNORMAL_CLOSE;
      return onClose({ code, reason: `HTTP ${status}` });
    }
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return onClose({ code: ABNORMAL_CLOSE, reason: 'the stream ended' });
      const text = rest + decoder.decode(value, { stream: true });
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      if (end > 0 && !signal.aborted) onText(text.slice(0, end));
    }
  };

  read().catch((error: unknown) => {
    if (!signal.aborted) onClose({ code: ABNORMAL_CLOSE, reason: String(error) });
  });
  return { ...uplink, close: () => controller.abort() };
};
