import { useText } from '../../i18n/use-text.ts';

const DAY_MS = 24 * 60 * 60_000;

/** The day on which the messages below were written. */
export function DayRow({ at }: { at: number }) {
  const { t, region } = useText();
  const day = new Date(at);
  const isDay = (ms: number): boolean => day.toDateString() === new Date(ms).toDateString();
  const now = Date.now();
  const label = isDay(now)
    ? t('room.today')
    : isDay(now - DAY_MS)
      ? t('room.yesterday')
      : day.toLocaleDateString(region, { dateStyle: 'long' });
  return (
    <li className="day">
      <span>{label}</span>
    </li>
  );
}
