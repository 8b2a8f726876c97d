/** A list as one stop of the Tab key: arrows, Home and End move inside it. */
import { useState } from 'react';
import type { KeyboardEvent } from 'react';

interface RovingItem {
  readonly tabIndex: number;
  readonly onFocus: () => void;
  readonly 'data-roving': string;
}

export interface RovingFocus {
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  readonly itemProps: (id: string) => RovingItem;
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/** `preferred` is where Tab lands until the visitor has moved; it may be one that is not there. */
export function useRovingFocus(ids: readonly string[], preferred?: string): RovingFocus {
  const [focused, setFocused] = useState<string>();
  const active = [focused, preferred, ids[0]].find((id) => id !== undefined && ids.includes(id));
  return {
    onKeyDown: (event) => {
      const step = STEPS[event.key];
      if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-roving]')];
      const at = items.findIndex((item) => item.contains(document.activeElement));
      if (at === -1) return;
      event.preventDefault();
      items[step(at, items.length)]?.focus();
    },
    itemProps: (id) => ({
      tabIndex: id === active ? 0 : -1,
      onFocus: () => setFocused(id),
      'data-roving': id,
    }),
  };
}
