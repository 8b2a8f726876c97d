import { expect, it } from 'vitest';
import { connectionDirectoryContract } from '../../../../testkit/src/contracts/connection-directory-contract.ts';
import { createLocalDirectory } from './local-directory.ts';

connectionDirectoryContract('local', () => Promise.resolve({ directory: createLocalDirectory() }));

it('before its node has started nobody is there, and everybody may enter', () => {
  const directory = createLocalDirectory();
  expect(directory.totals()).toEqual({ users: 0, connections: 0, byUser: new Map() });
  expect(directory.find({ user: 'ann' })).toEqual([]);
  const ann = {
    connectionId: 'c1',
    user: 'ann',
    deviceType: 'desktop',
    transport: 'websocket',
    protocol: 'native',
    connectedAt: 0,
  } as const;
  expect(directory.enter(ann, { maxConnections: 1, policy: 'reject' })).toEqual({
    isAdmitted: true,
    evict: [],
  });
});
