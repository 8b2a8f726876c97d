/** My connections: what else I am signed in with. Asked for, not live. */
import type { MethodOutput } from '@carillon/protocol/procedures';
import type { Client } from '../client.ts';

export type Device = MethodOutput<'users.devices'>['devices'][number] & {
  /** This very connection, which all tabs of a browser share. */
  readonly isThis: boolean;
};

/** @throws CarillonError */
export async function loadDevices(client: Client): Promise<readonly Device[]> {
  const { devices } = await client.call('users.devices', { user_id: client.user.get() ?? '' });
  const state = client.state.get();
  const own = state.status === 'connected' ? state.clientId : undefined;
  return devices.map((device) => ({ ...device, isThis: device.connection_id === own }));
}
