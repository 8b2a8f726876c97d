/** What kind of device a connection comes from: as it says itself, else from its user agent. */
import Bowser from 'bowser';
import type { DeviceType } from '../../ports/connection-handler.ts';

const KNOWN: readonly string[] = ['mobile', 'tablet', 'desktop'] satisfies DeviceType[];

const isKnown = (value: string): value is DeviceType => KNOWN.includes(value);

/** Longer ones are cut: the parser is a list of regular expressions, and headers come from anybody. */
const MAX_USER_AGENT_CHARACTERS = 512;

/**
 * A few hundred user agents make up nearly all connections, and parsing one costs as much as the
 * rest of a connect. Emptied when full: who floods with invented ones only makes himself slow.
 */
const MAX_REMEMBERED = 1000;
const remembered = new Map<string, DeviceType>();

export interface DeviceHints {
  /** `?device=` or the SDK's connect data; anything unknown is ignored. */
  readonly explicit?: string | null | undefined;
  readonly userAgent?: string | undefined;
}

/** @returns `unknown` for programs, bots and missing or strange user agents. */
export function deviceTypeOf(hints: DeviceHints): DeviceType {
  const explicit = hints.explicit?.trim().toLowerCase();
  if (explicit !== undefined && isKnown(explicit)) return explicit;
  if (hints.userAgent === undefined || hints.userAgent === '') return 'unknown';
  const userAgent = hints.userAgent.slice(0, MAX_USER_AGENT_CHARACTERS);
  const known = remembered.get(userAgent);
  if (known !== undefined) return known;
  const type = parse(userAgent);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(userAgent, type);
  return type;
}

function parse(userAgent: string): DeviceType {
  const type = Bowser.parse(userAgent).platform.type ?? '';
  return isKnown(type) ? type : 'unknown';
}
