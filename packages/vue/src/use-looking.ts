/** Whether somebody looks at this tab: it is shown and has the focus. */
import { onMounted, onScopeDispose, shallowRef } from 'vue';
import type { ShallowRef } from 'vue';

export function useLooking(): Readonly<ShallowRef<boolean>> {
  const isLooking = shallowRef(false);
  const stop = new AbortController();
  const look = (): void => {
    isLooking.value = document.visibilityState === 'visible' && document.hasFocus();
  };
  onMounted(() => {
    look();
    window.addEventListener('focus', look, stop);
    window.addEventListener('blur', look, stop);
    document.addEventListener('visibilitychange', look, stop);
  });
  onScopeDispose(() => stop.abort());
  return isLooking;
}
