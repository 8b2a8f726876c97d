/** A moment as hours and minutes; the whole date on hover and for machines. */
import { useText } from '../i18n/use-text.ts';

export function ClockTime({ at }: { at: number }) {
  const { region } = useText();
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString(region)}>
      {date.toLocaleTimeString(region, { hour: '2-digit', minute: '2-digit' })}
    </time>
  );
}
