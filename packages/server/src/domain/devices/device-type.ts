/** What kind of device a connection comes from: as it says itself, else from its user agent. */
import Bowser from 'bowser';
import type { DeviceType } from '../../ports/connection-handler.ts';

const KNOWN: readonly string[] = ['mobile', 'tablet', 'desktop'] satisfies DeviceType[];

const isKnown = (value: string): value is DeviceType => KNOWN.includes(value);

/** Longer ones are cut: the parser is a list of regular expressions, and headers come from anybody. */
const MAX_USER_AGENT_CHARACTERS = 512;

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
  const parsed = Bowser.parse(hints.userAgent.slice(0, MAX_USER_AGENT_CHARACTERS));
  const type = parsed.platform.type ?? '';
  return isKnown(type) ? type : 'unknown';
}
