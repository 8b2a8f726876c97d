/** SERVICE_ROLE and API_TYPE: which application kind a process is, and what that implies. */
import type { Settings } from './settings.ts';

/** Kinds that are one part of an installation: they do nothing without shared state. */
const SPLIT_KINDS = new Set(['http', 'websocket', 'worker']);

const DEFAULT_PORT = 8000;
const PORTS: ReadonlyMap<string, number> = new Map([
  ['websocket', 8001],
  ['worker', 8002],
]);

/** The registered application kind that SERVICE_ROLE and API_TYPE ask for. */
export function applicationKind({ serviceRole, apiType }: Settings): string {
  return serviceRole === 'api' ? apiType : serviceRole;
}

export const isSplitKind = (kind: string): boolean => SPLIT_KINDS.has(kind);

export const defaultPort = (kind: string): number => PORTS.get(kind) ?? DEFAULT_PORT;

/** The setting that named the kind: where a problem with it is to be fixed. */
export const kindSetting = ({ serviceRole }: Settings): 'API_TYPE' | 'SERVICE_ROLE' =>
  serviceRole === 'api' ? 'API_TYPE' : 'SERVICE_ROLE';
