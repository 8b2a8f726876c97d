/** What every session of a node shares; made once in node.ts. Holds no rules of its own. */
import type { WireFormat } from '../ports/wire-format.ts';
import type { Broker } from '../ports/broker.ts';
import type { ChannelPolicy } from '../ports/channel-policy.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { ConnectionDirectory, UserLimit } from '../ports/connection-directory.ts';
import type { ControlBus } from '../ports/control-bus.ts';
import type { Heartbeat } from '../ports/connection-handler.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PresenceStore } from '../ports/presence-store.ts';
import type { Access } from './access.ts';
import type { FailureLog } from './failure-log.ts';
import type { Hub } from './hub.ts';
import type { CoreLimits } from './limits.ts';
import type { Namespaces } from './namespaces.ts';
import type { Frame, QueueEnvironment } from './outbound-queue.ts';
import type { KeyedRateLimit } from './rate-limit.ts';
import type { TimerWheel } from './timer-wheel.ts';
import type { UserRegistry } from './user-registry.ts';

export interface CoreContext {
  readonly broker: Broker;
  readonly presenceStore: PresenceStore;
  readonly controlBus: ControlBus;
  readonly directory: ConnectionDirectory;
  readonly policy: ChannelPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly failures: FailureLog;
  readonly metrics: Metrics;
  readonly limits: CoreLimits;
  readonly userLimit: UserLimit;
  readonly namespaces: Namespaces;
  readonly access: Access;
  readonly hub: Hub;
  readonly wheel: TimerWheel;
  readonly queues: QueueEnvironment;
  readonly registry: UserRegistry;
  readonly publishRates: KeyedRateLimit;
  readonly commandRates: KeyedRateLimit;
  readonly pings: PingFrames;
  /** True from the beginning of a drain: nobody new becomes ready. */
  isDraining(): boolean;
}

/** The prepared ping of each kind of connection. */
export class PingFrames {
  readonly #frames = new Map<WireFormat, Map<string, Frame>>();

  frameFor(format: WireFormat, heartbeat: Heartbeat): Frame {
    let frames = this.#frames.get(format);
    if (frames === undefined) this.#frames.set(format, (frames = new Map()));
    let frame = frames.get(heartbeat.message);
    if (frame === undefined) {
      const bytes = format.encodeMessages([heartbeat.message]);
      frames.set(heartbeat.message, (frame = { chunks: [bytes], latestKey: undefined }));
    }
    return frame;
  }
}
