/** Days and short times in words, as lists and dividers show them. */
import { useMessengerText } from '../texts/use-messenger-text.ts';

const DAY_MS = 24 * 60 * 60_000;

const isSameDay = (a: number, b: number): boolean =>
  new Date(a).toDateString() === new Date(b).toDateString();

export interface TimeLabels {
  /** Today, Yesterday, or the date. */
  readonly day: (at: number) => string;
  /** The hour today, then the weekday, then the date: for lists. */
  readonly short: (at: number) => string;
}

export function useTimeLabels(): TimeLabels {
  const { t, region } = useMessengerText();
  return {
    day: (at) => {
      const now = Date.now();
      if (isSameDay(at, now)) return t('time.today');
      if (isSameDay(at, now - DAY_MS)) return t('time.yesterday');
      return new Date(at).toLocaleDateString(region, { dateStyle: 'long' });
    },
    short: (at) => {
      const now = Date.now();
      const date = new Date(at);
      if (isSameDay(at, now))
        return date.toLocaleTimeString(region, { hour: '2-digit', minute: '2-digit' });
      if (isSameDay(at, now - DAY_MS)) return t('time.yesterday');
      if (now - at < 6 * DAY_MS) return date.toLocaleDateString(region, { weekday: 'short' });
      return date.toLocaleDateString(region, { day: 'numeric', month: 'short' });
    },
  };
}
