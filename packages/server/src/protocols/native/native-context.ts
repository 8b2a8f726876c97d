/** What all connections of the native endpoint share. */
import type { Heartbeat, SessionListener } from '../../ports/connection-handler.ts';
import type { CommandTally } from './command-tally.ts';
import type { NativeLimits } from './limits.ts';
import type { NativeDeps } from './native-deps.ts';

export interface NativeContext {
  readonly deps: NativeDeps;
  readonly heartbeat: Heartbeat;
  readonly listener: SessionListener;
  readonly limits: NativeLimits;
  readonly tally: CommandTally;
}
