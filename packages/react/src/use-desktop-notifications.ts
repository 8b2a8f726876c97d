/** Notifications on the desktop: shown by one tab, while nobody looks at any, where the visitor has allowed it. */
import { useCallback } from 'react';
import type { DesktopPermission } from '@carillon/client';
import { useParts } from './carillon-context.ts';
import { useReadable } from './use-readable.ts';

export interface UsedDesktopNotifications {
  /** `denied` is for good: only the visitor can change it, in the settings of the browser. */
  readonly permission: DesktopPermission;
  /** Asks the visitor. Call it from a click, after saying what for. */
  readonly request: () => Promise<DesktopPermission>;
}

/** They are shown from the first rendering of this on, until the connection is closed. */
export function useDesktopNotifications(): UsedDesktopNotifications {
  const { parts } = useParts('system_notifications');
  const desktop = parts?.desktop;
  const permission = useReadable(desktop?.permission, 'default');
  const request = useCallback(
    async () => (await desktop?.request()) ?? ('unsupported' as const),
    [desktop],
  );
  return { permission, request };
}
