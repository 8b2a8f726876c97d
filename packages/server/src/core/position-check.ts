/**
 * Finds a lost last publication, which no later one betrays: each channel with positioned
 * subscribers asks the broker where its stream stands, once per interval and only when nothing
 * arrived in the meantime. One question per channel and node, spread over the interval by the
 * random start of each channel's turn.
 */
import type { Channel } from './channel.ts';
import { heal, invalidate } from './healing.ts';
import type { HealingDependencies } from './healing.ts';

/** Never rejects; a broker that cannot answer is asked again at the next turn. */
export async function checkPosition(
  channel: Channel,
  dependencies: HealingDependencies,
): Promise<void> {
  const known = channel.position;
  const { generation } = channel;
  if (known === undefined && !channel.hasProvisional) return;
  if (channel.isHealing || channel.isChecking) return;
  channel.isChecking = true;
  try {
    const { position } = await dependencies.broker.history(channel.name, { limit: 0 });
    if (channel.isReleased || channel.isHealing || channel.generation !== generation) return;
    if (known === undefined) {
      if (channel.epoch === undefined) channel.setPosition(position);
    } else if (position.epoch !== channel.epoch || position.offset < known.offset) {
      dependencies.logger.warn({ channel: channel.name }, 'the stream of a channel began anew');
      invalidate(channel, position);
    } else if (position.offset > channel.topOffset) {
      channel.withhold();
      await heal(channel, dependencies);
    }
  } catch (error) {
    // A broker that is away says so itself; a line per channel would only bury that.
    dependencies.logger.debug({ err: error, channel: channel.name }, 'position check failed');
  } finally {
    channel.isChecking = false;
  }
}
