import { presenceStoreContract } from '../../../../testkit/src/contracts/presence-store-contract.ts';
import { createMemoryPresenceStore } from './memory-presence-store.ts';

presenceStoreContract('memory', () => Promise.resolve(createMemoryPresenceStore()));
