/**
 * Lines over the last ten minutes, drawn by uPlot on a canvas. What they show stands below in
 * words; the numbers are in the table of the page. Sizes and colours are set through the CSSOM,
 * which the pages' content security policy allows.
 */
import { useEffect, useId, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { currentTheme, onThemeChange } from '../../../ui/theme.ts';
import { useFormats } from '../use-console-texts.ts';

export interface Line {
  readonly label: string;
  /** A custom property of the design. */
  readonly colour: `--${string}`;
  readonly values: readonly (number | null)[];
  /** The newest value, in words. */
  readonly now: string;
}

interface ChartProps {
  readonly title: string;
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
}

const HEIGHT = 150;
const WINDOW_SECONDS = { least: 60, most: 600 };
/** An empty chart has a scale all the same. */
const LOWEST_TOP = 1;

export function Chart({ title, at, lines, format }: ChartProps) {
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const theme = useSyncExternalStore(onThemeChange, currentTheme);
  const { time } = useFormats();
  const colours = lines.map(({ colour }) => colour).join(' ');
  const written = useRef({ format, time });
  useEffect(() => {
    written.current = { format, time };
  });

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsFor(element, colours.split(' '), written), [[]], element);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [theme, colours]);

  useEffect(() => {
    const data: uPlot.AlignedData = [[...at], ...lines.map(({ values }) => [...values])];
    plot.current?.setData(data);
  }, [at, lines, theme, colours]);

  return (
    <figure className="co-card co-chart" aria-labelledby={`${id}-title`}>
      <figcaption id={`${id}-title`}>{title}</figcaption>
      <div ref={place} className="co-plot" aria-hidden="true" />
      <dl className="co-legend">
        {lines.map(({ label, colour, now }) => (
          <div key={label}>
            <dt>
              <span className="co-key" style={{ background: `var(${colour})` }} />
              {label}
            </dt>
            <dd>{now}</dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}

/** A young chart fills its place. */
const windowOf = (low: number, high: number): [number, number] => {
  const { least, most } = WINDOW_SECONDS;
  return [Math.max(high - most, Math.min(low, high - least)), high];
};

function optionsFor(
  element: HTMLElement,
  colours: readonly string[],
  written: { readonly current: Pick<ChartProps, 'format'> & { time: (ms: number) => string } },
): uPlot.Options {
  const style = getComputedStyle(element);
  const colourOf = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colourOf('--ink-2'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: colourOf('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_plot, low, high) => windowOf(low ?? 0, high ?? 0) },
      y: { range: (_plot, _low, high) => [0, Math.max(LOWEST_TOP, (high ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 30,
        space: 90,
        incrs: [60, 120, 300],
        values: (_plot, seconds) => seconds.map((second) => written.current.time(second * 1_000)),
      },
      {
        ...axis,
        size: 56,
        space: 36,
        values: (_plot, values) => values.map((value) => written.current.format(value)),
      },
    ],
    series: [
      {},
      ...colours.map((colour) => ({
        stroke: colourOf(colour),
        width: 2,
        points: { show: false },
        spanGaps: true,
      })),
    ],
  };
}
