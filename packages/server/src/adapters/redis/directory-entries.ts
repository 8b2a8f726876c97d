/** How a connection is written down in the directory: one line, the guest flag last (the scripts read it). */
import type { DeviceType } from '../../ports/connection-handler.ts';
import type { ConnectionInfo } from '../../ports/server-api.ts';

const DEVICES: ReadonlySet<string> = new Set<DeviceType>([
  'mobile',
  'tablet',
  'desktop',
  'unknown',
]);

/** `id ⇥ connectedAt ⇥ device ⇥ transport ⇥ protocol ⇥ 0|1`; 1: a guest, or somebody without a name. */
export function lineOf(connection: ConnectionInfo): string {
  const { connectionId, connectedAt, deviceType, transport, protocol } = connection;
  const isUser = connection.user !== '' && connection.isGuest !== true;
  return [connectionId, connectedAt, deviceType, transport, protocol, isUser ? 0 : 1].join('\t');
}

/** What a newer version wrote and this one does not understand is left out. */
export function connectionsOf(user: string, lines: string): ConnectionInfo[] {
  const found: ConnectionInfo[] = [];
  for (const line of lines.split('\n')) {
    const connection = line === '' ? undefined : connectionOf(user, line);
    if (connection !== undefined) found.push(connection);
  }
  return found;
}

function connectionOf(user: string, line: string): ConnectionInfo | undefined {
  const [connectionId, connectedAt, device, transport, protocol, guest] = line.split('\t');
  if (connectionId === undefined || transport === undefined || protocol === undefined) {
    return undefined;
  }
  const info = {
    connectionId,
    user,
    deviceType: isDevice(device) ? device : 'unknown',
    transport,
    protocol,
    connectedAt: Number(connectedAt),
  } as const;
  return guest === '1' && user !== '' ? { ...info, isGuest: true } : info;
}

const isDevice = (text: string | undefined): text is DeviceType =>
  text !== undefined && DEVICES.has(text);

/** Connections in `lines`, and how many of them are a user's. */
export function countLines(lines: string): { connections: number; ofUser: number } {
  let connections = 0;
  let ofUser = 0;
  for (let end = lines.indexOf('\n'); end >= 0; end = lines.indexOf('\n', end + 1)) {
    connections += 1;
    if (lines[end - 1] === '0') ofUser += 1;
  }
  return { connections, ofUser };
}

export const byAge = (a: ConnectionInfo, b: ConnectionInfo): number =>
  a.connectedAt - b.connectedAt || (a.connectionId < b.connectionId ? -1 : 1);
