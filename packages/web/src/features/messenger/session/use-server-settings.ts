/** What the server says of itself before anybody signs in: how to connect, and whether names can be played. */
import { useEffect, useState } from 'react';
import {
  decodeConnectionSettings,
  DEFAULT_CONNECTION_SETTINGS,
} from '../../../connection/connection-settings.ts';
import type { ConnectionSettings } from '../../../connection/connection-settings.ts';
import { request } from '../../../session/server.ts';

export interface ServerSettings {
  /** It hands out demo tokens: a development server. */
  readonly hasDemo: boolean;
  /** It has said that it does not: a name alone opens nothing here. */
  readonly refusesNames: boolean;
  readonly connection: ConnectionSettings;
}

/** Undefined until it has answered; without an answer the defaults hold. */
export function useServerSettings(): ServerSettings | undefined {
  const [settings, setSettings] = useState<ServerSettings>();
  useEffect(() => {
    let isGone = false;
    void request('GET', '/api/v1/client-settings').then((answer) => {
      if (isGone) return;
      const hasDemo = answer.ok && answer.body['demo_login'] === true;
      setSettings({
        hasDemo,
        refusesNames: answer.ok && !hasDemo,
        connection: answer.ok ? decodeConnectionSettings(answer.body) : DEFAULT_CONNECTION_SETTINGS,
      });
    });
    return () => {
      isGone = true;
    };
  }, []);
  return settings;
}
