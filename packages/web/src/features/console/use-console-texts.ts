import { useMemo } from 'react';
import { createTexts } from '../../i18n/create-texts.ts';
import { en } from './texts/en.ts';
import { zhHans } from './texts/zh-hans.ts';
import { zhHant } from './texts/zh-hant.ts';

export const useConsoleTexts = createTexts({ en, 'zh-Hant': zhHant, 'zh-Hans': zhHans });

export type ConsoleText = ReturnType<typeof useConsoleTexts>['t'];

export interface Formats {
  readonly count: (value: number) => string;
  /** One digit after the point where the number is small. */
  readonly rate: (value: number) => string;
  readonly ms: (value: number | undefined) => string;
  readonly percent: (value: number | undefined) => string;
  readonly time: (ms: number) => string;
  readonly dateTime: (iso: string) => string;
  /** How long: the largest unit that fits. */
  readonly duration: (ms: number) => string;
}

const NOTHING = '–';
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** Numbers and times as the visitor writes them. */
export function useFormats(): Formats {
  const { region } = useConsoleTexts();
  return useMemo(() => formatsOf(region), [region]);
}

function formatsOf(region: string): Formats {
  const whole = new Intl.NumberFormat(region, { maximumFractionDigits: 0 });
  const fine = new Intl.NumberFormat(region, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(region, { style: 'percent', maximumFractionDigits: 1 });
  const three = new Intl.NumberFormat(region, { maximumSignificantDigits: 3 });
  const clock = new Intl.DateTimeFormat(region, { hour: '2-digit', minute: '2-digit' });
  const date = new Intl.DateTimeFormat(region, { dateStyle: 'medium', timeStyle: 'medium' });
  return {
    count: (value) => whole.format(value),
    rate: (value) => (value < 100 ? fine : whole).format(value),
    ms: (value) => (value === undefined ? NOTHING : `${three.format(value)} ms`),
    percent: (value) => (value === undefined ? NOTHING : share.format(value / 100)),
    time: (ms) => clock.format(ms),
    dateTime: (iso) => date.format(Date.parse(iso)),
    duration: (ms) => {
      const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? UNITS[3];
      const style = { style: 'unit', unit, unitDisplay: 'long' } as const;
      return new Intl.NumberFormat(region, style).format(Math.floor(ms / size));
    },
  };
}
