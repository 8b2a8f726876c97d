/** What `<WebSocketStatus/>` shows, without a look of its own. */
import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import { connectionView, countsDown } from '@carillon/client/ui';
import type { ConnectionView } from '@carillon/client/ui';
import { useTexts } from './carillon-context.ts';
import { useClock } from './use-clock.ts';
import { useConnection } from './use-connection.ts';
import type { UsedConnection } from './use-connection.ts';

export interface UsedConnectionView extends Pick<
  UsedConnection,
  'connect' | 'retryNow' | 'disconnect'
> {
  readonly view: ComputedRef<ConnectionView>;
}

export function useConnectionView(): UsedConnectionView {
  const { state, connect, retryNow, disconnect } = useConnection();
  const texts = useTexts();
  const nowMs = useClock(() => (countsDown(state.value) ? 'second' : undefined));
  const view = computed(() =>
    connectionView({ state: state.value, nowMs: nowMs.value, texts: texts.value }),
  );
  return { view, connect, retryNow, disconnect };
}
