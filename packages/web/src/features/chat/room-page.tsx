/** The room: head, what was said, who is here, and the field to write in. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useText } from '../../i18n/use-text.ts';
import { Announcer } from './announcer.tsx';
import type { ChatClient } from './chat-client.ts';
import { Composer } from './composer.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { explainClose } from './errors.ts';
import type { Explanation } from './errors.ts';
import { MessageList } from './message-list.tsx';
import { RoomHeader } from './room-header.tsx';
import { SidePanel } from './side-panel.tsx';
import { useTitleCount } from './use-title-count.ts';

interface RoomPageProps {
  readonly client: ChatClient;
  readonly room: string;
  readonly onLeave: (why?: Explanation) => void;
  /** After a close that is not mended by trying again: signs in anew. */
  readonly onComeBack: () => Promise<void>;
}

export function RoomPage({ client, room, onLeave, onComeBack }: RoomPageProps) {
  const { t } = useText();
  const state = useSyncExternalStore(client.subscribe, client.getSnapshot);
  const connection = useSyncExternalStore(
    client.connection.subscribe,
    client.connection.getSnapshot,
  );
  const [reader, setReader] = useState<string>();
  useTitleCount(state.latest?.id, t('nav.chat'));

  const isTurnedAway = connection.status === 'closed' && !state.hasJoined;
  useEffect(() => {
    if (isTurnedAway) onLeave(explainClose(connection.why));
  }, [isTurnedAway, connection, onLeave]);

  const panel = (
    <SidePanel
      me={state.me}
      users={state.users}
      count={state.count}
      onPick={setReader}
      onLeave={() => onLeave()}
    />
  );
  return (
    <div className="room">
      <RoomHeader
        room={room}
        count={state.count}
        connection={connection}
        hasHeartbeat={state.hasHeartbeat}
        panel={panel}
      />
      <main className="room-main">
        <ConnectionBanner
          connection={connection}
          onRetry={() => client.connection.retryNow()}
          onConnect={() => void onComeBack()}
        />
        <MessageList client={client} state={state} />
        <Announcer me={state.me} latest={state.latest} />
        {state.error !== undefined && (
          <ErrorNotice error={state.error} onDismiss={() => client.dismissError()} />
        )}
        <Composer
          reader={reader}
          onReaderChange={setReader}
          onSend={(text) => client.write(text, reader)}
        />
      </main>
      <aside className="room-side" aria-label={t('people.title')}>
        {panel}
      </aside>
    </div>
  );
}
