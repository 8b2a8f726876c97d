/** Keeps a message list where its reader is: at the end, or at the same message when others come in above. */
import { onMounted, onScopeDispose, shallowRef, watch } from 'vue';
import type { ShallowRef } from 'vue';
import { isAtEnd, scrollTopAfter } from '@carillon/client/ui';
import type { ScrollBox } from '@carillon/client/ui';

export interface ScrollStick {
  readonly list: ShallowRef<HTMLElement | null>;
  readonly isAtEnd: Readonly<ShallowRef<boolean>>;
  readonly onScroll: () => void;
  readonly toEnd: () => void;
}

interface ScrollStickInput {
  /** Changes with everything that changes the height. */
  readonly rows: () => unknown;
  /** Of the oldest message: another one means that history came in above. */
  readonly firstKey: () => string | undefined;
  /** Grows when I write. */
  readonly ownCount: () => number;
}

const EMPTY: ScrollBox = { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };

export function useScrollStick({ rows, firstKey, ownCount }: ScrollStickInput): ScrollStick {
  const list = shallowRef<HTMLElement | null>(null);
  const isEnd = shallowRef(true);
  let before = { box: EMPTY, firstKey: firstKey(), ownCount: ownCount() };

  const note = (): void => {
    if (list.value === null) return;
    before = { box: boxOf(list.value), firstKey: firstKey(), ownCount: ownCount() };
    isEnd.value = isAtEnd(before.box);
  };
  const settle = (): void => {
    if (list.value === null) return;
    const top = scrollTopAfter({
      before: before.box,
      after: boxOf(list.value),
      hasPrepended: before.firstKey !== undefined && before.firstKey !== firstKey(),
      hasOwnNew: ownCount() > before.ownCount,
    });
    if (top !== undefined) list.value.scrollTop = top;
    note();
  };
  watch(rows, settle, { flush: 'post' });

  let observer: ResizeObserver | undefined;
  onMounted(() => {
    settle();
    const element = list.value;
    if (element === null || typeof ResizeObserver === 'undefined') return;
    // A keyboard that opens or pictures that arrive change heights without new rows.
    observer = new ResizeObserver(() => {
      if (isAtEnd(before.box)) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild);
  });
  onScopeDispose(() => observer?.disconnect());

  return {
    list,
    isAtEnd: isEnd,
    onScroll: note,
    toEnd: () => {
      if (list.value === null) return;
      list.value.scrollTop = list.value.scrollHeight;
      note();
    },
  };
}

const boxOf = ({ scrollTop, scrollHeight, clientHeight }: HTMLElement): ScrollBox => ({
  scrollTop,
  scrollHeight,
  clientHeight,
});
