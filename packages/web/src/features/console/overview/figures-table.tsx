/** The charts as numbers: means by the minute, for reading and for screen readers. */
import { useConsoleTexts, useFormats } from '../use-console-texts.ts';
import { COLUMNS, minutesOf } from './series.ts';
import type { Series } from './series.ts';
import { useState } from 'react';

export function FiguresTable({ series }: { series: Series }) {
  const { t } = useConsoleTexts();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details
      className="co-card co-more"
      onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}
    >
      <summary>{t('overview.asTable')}</summary>
      {isOpen && <MinutesTable series={series} />}
    </details>
  );
}

function MinutesTable({ series }: { series: Series }) {
  const { t } = useConsoleTexts();
  const { rate, time } = useFormats();
  return (
    <div className="co-scroll" role="region" aria-label={t('overview.asTable')} tabIndex={0}>
      <table className="co-table">
        <thead>
          <tr>
            <th scope="col">{t('overview.minute')}</th>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className="number">
                {t(`figure.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {minutesOf(series).map(({ at, means }) => (
            <tr key={at}>
              <th scope="row">{time(at * 1_000)}</th>
              {COLUMNS.map((column) => {
                const mean = means[column];
                return (
                  <td key={column} className="number">
                    {mean === undefined ? '–' : rate(mean)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
