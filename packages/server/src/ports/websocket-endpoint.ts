import type { ClientSocket } from './client-socket.ts';
import type { URLSearchParamsLike } from './credentials.ts';

/** What a handshake said, kept after the upgrade. */
export interface HandshakeRequest {
  readonly path: string;
  /** Decoded `{parameters}` of the endpoint's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParamsLike;
  readonly authorization?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly acceptLanguage?: string | undefined;
  readonly remoteAddress: string;
  /** What an EventSource that comes back had received last. */
  readonly lastEventId?: string | undefined;
}

/** What came in on one connection. No method throws. */
export interface FrameReceiver {
  /**
   * False while nobody has said who they are: the transport limits how many such connections
   * there may be. Absent: does not count.
   */
  readonly isAuthenticated?: boolean;
  handleText(text: string): void;
  handleBinary(bytes: Uint8Array): void;
  handleDrain(): void;
  handleClosed(code: number): void;
}

/** A protocol registers one per path; the WebSocket transport routes upgrades to it. */
export interface WebSocketEndpoint {
  /** Label in metrics and logs. */
  readonly name: string;
  /** '/ws/chat/{username}'; a literal segment wins over a parameter. */
  readonly path: string;
  /** The handshake may carry the first frame (transports/websocket/quick-connect.ts). */
  readonly takesQuickConnect?: boolean;
  /** The upgrade is done, nothing has been read yet. Authentication happens here, so that a refusal is a close frame. */
  open(socket: ClientSocket, request: HandshakeRequest): FrameReceiver;
}
