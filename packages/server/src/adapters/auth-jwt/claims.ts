/** Verified claims → who it is. Called only after the signature was checked. */
import { type Outcome, fail, isChannelName, ok } from '@carillon/protocol';
import type { Identity, SubscriptionGrant } from '../../ports/authenticator.ts';
import type { Claims } from './hmac-tokens.ts';

export const MAX_USER_LENGTH = 128;
/** `info` goes out with every publication of its user. */
const MAX_INFO_LENGTH = 4096;
const MAX_CHANNELS = 128;

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

const isUser = (sub: unknown): sub is string =>
  typeof sub === 'string' && sub.length <= MAX_USER_LENGTH && !CONTROL_CHARACTER.test(sub);

const isChannelList = (channels: unknown): channels is string[] =>
  Array.isArray(channels) &&
  channels.length <= MAX_CHANNELS &&
  channels.every((channel) => typeof channel === 'string' && isChannelName(channel));

/** JSON text of the claim; undefined when there is none, null when it is too long. */
const infoOf = (claims: Claims): string | null | undefined => {
  if (claims['info'] === undefined) return undefined;
  const text = JSON.stringify(claims['info']);
  return text.length <= MAX_INFO_LENGTH ? text : null;
};

/** Checked to be a number, or absent, before anything else. */
const expiryOf = ({ exp }: Claims): number | undefined =>
  typeof exp === 'number' ? exp : undefined;

const refuse = (message: string) => fail('unauthorized', message);

export const identityOf = (claims: Claims): Outcome<Identity> => {
  const { sub, channels } = claims;
  const exp = expiryOf(claims);
  if (!isUser(sub) || sub === '') return refuse(`sub must be 1 to ${MAX_USER_LENGTH} characters`);
  // A subscription token is for one channel; as a connection token it would open all the others.
  if (claims['channel'] !== undefined) return refuse('this is a subscription token');
  const info = infoOf(claims);
  if (info === null) return refuse(`info is longer than ${MAX_INFO_LENGTH} characters`);
  if (channels !== undefined && !isChannelList(channels)) {
    return refuse(`channels must be at most ${MAX_CHANNELS} channel names`);
  }
  return ok({
    user: sub,
    ...(exp !== undefined && { expiresAt: exp }),
    ...(info !== undefined && { info }),
    ...(channels !== undefined && { channels }),
    ...(claims['admin'] === true && { isAdmin: true }),
  });
};

export const grantOf = (claims: Claims): Outcome<SubscriptionGrant> => {
  const { sub = '', channel } = claims;
  const exp = expiryOf(claims);
  if (!isUser(sub)) return refuse(`sub must be at most ${MAX_USER_LENGTH} characters`);
  if (typeof channel !== 'string' || !isChannelName(channel)) {
    return refuse('channel must be a channel name');
  }
  const info = infoOf(claims);
  if (info === null) return refuse(`info is longer than ${MAX_INFO_LENGTH} characters`);
  return ok({
    user: sub,
    channel,
    ...(exp !== undefined && { expiresAt: exp }),
    ...(info !== undefined && { info }),
  });
};
