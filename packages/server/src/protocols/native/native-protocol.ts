/** The native protocol over all its transports: one context for all of them. */
import type { StreamEndpoint } from '../../ports/stream-endpoint.ts';
import type { WebSocketEndpoint } from '../../ports/websocket-endpoint.ts';
import type { NativeDeps } from './native-deps.ts';
import { createNativeContext, createNativeEndpoint } from './native-endpoint.ts';
import { createNativeStreams, type NativeStreamOptions } from './native-streams.ts';
import { createUniSse, createUniWebSocket } from './uni-endpoints.ts';

export interface NativeProtocol {
  readonly webSockets: readonly WebSocketEndpoint[];
  readonly streams: readonly StreamEndpoint[];
}

export type NativeProtocolDeps = NativeDeps & Pick<NativeStreamOptions, 'random' | 'peers'>;

export const createNativeProtocol = (deps: NativeProtocolDeps): NativeProtocol => {
  const { random, peers } = deps;
  const context = createNativeContext(deps);
  return {
    webSockets: [createNativeEndpoint(deps, context), createUniWebSocket(context)],
    streams: [...createNativeStreams({ context, random, peers }), createUniSse(context, random)],
  };
};
