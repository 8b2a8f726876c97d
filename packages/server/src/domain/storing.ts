import { fail, type Outcome } from '@carillon/protocol';
import { StoreUnavailableError } from '../ports/store.ts';

/** A store that cannot save is an answer for the caller, not a bug; everything else goes on rejecting. */
export async function storing<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreUnavailableError) return fail('storage_unavailable');
    throw error;
  }
}
