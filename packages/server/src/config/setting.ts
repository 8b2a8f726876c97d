import type { Kind } from './setting-kinds.ts';

export type SettingGroup =
  | 'server'
  | 'identity'
  | 'storage'
  | 'engine'
  | 'delivery'
  | 'push'
  | 'queues'
  | 'limits'
  | 'uploads';

export interface Setting<T> {
  readonly env: string;
  readonly kind: Kind<T>;
  /** Undefined: unset unless given. */
  readonly default: NoInfer<T>;
  readonly group: SettingGroup;
  readonly description: string;
  /** Never shown or logged. */
  readonly isSecret?: boolean;
}

export const setting = <T>(definition: Setting<T>): Setting<T> => definition;

/** A setting that is unset unless given. */
export const optional = <T>(definition: Omit<Setting<T>, 'default'>): Setting<T | undefined> => ({
  ...definition,
  default: undefined,
  // The reader never makes undefined, and undefined is never written: widening is safe.
  kind: definition.kind as Kind<T | undefined>,
});
