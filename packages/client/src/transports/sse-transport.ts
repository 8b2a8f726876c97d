/** Server-sent events, for proxies that let only those through unhindered. */
import { createUplink } from './emulation-uplink.ts';
import { ABNORMAL_CLOSE, type OpenTransport } from './transport.ts';

export const openEventSource: OpenTransport = (options) => {
  const { base, query, first, environment, onText, onClose } = options;
  const { EventSource } = environment;
  if (!EventSource) throw new TypeError('no EventSource here');
  const controller = new AbortController();
  const connect = `${query ? '&' : '?'}cf_connect=${encodeURIComponent(first)}`;
  const source = new EventSource(`${base}/sse${query}${connect}`);
  const close = (): void => {
    controller.abort();
    source.onmessage = source.onerror = null;
    source.close();
  };
  source.onmessage = ({ data }) => onText(String(data));
  // It would come back by itself, with the same connect command: that is for us to do.
  source.onerror = () => {
    close();
    onClose({ code: ABNORMAL_CLOSE, reason: 'the stream ended' });
  };
  return { ...createUplink(options, controller.signal), close };
};
