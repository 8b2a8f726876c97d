/** One line of the list: when, which way, what, how much. */
import type { FrameRow } from './frame-rows.ts';
import { clockText, lineOf, sizeText } from './frame-words.ts';
import { usePlaygroundTexts } from './use-playground-texts.ts';

interface FrameRowViewProps {
  readonly row: FrameRow;
  readonly isSelected: boolean;
  readonly place: {
    readonly index: number;
    readonly total: number;
    readonly topPx: number;
    readonly heightPx: number;
  };
  readonly onSelect: (id: number) => void;
}

const ARROWS = { in: '↓', out: '↑', note: '·' } as const;

export function FrameRowView({ row, isSelected, place, onSelect }: FrameRowViewProps) {
  const texts = usePlaygroundTexts();
  const { t, region } = texts;
  const { frame, count } = row;
  return (
    // The list itself takes the keys; a click is a shortcut for the pointer.
    <div
      id={`frame-${frame.id}`}
      className={rowClass(row)}
      role="option"
      aria-selected={isSelected}
      aria-setsize={place.total}
      aria-posinset={place.index + 1}
      style={{ height: place.heightPx, transform: `translateY(${place.topPx}px)` }}
      onClick={() => onSelect(frame.id)}
    >
      <span className="pg-time">{clockText(frame.atMs, region)}</span>
      <span className="pg-arrow" title={t(`log.${frame.direction}`)}>
        <span aria-hidden="true">{ARROWS[frame.direction]}</span>
        <span className="visually-hidden">{t(`log.${frame.direction}`)}</span>
      </span>
      <span className="pg-type">{frame.type}</span>
      <span className="pg-text">
        {count > 1 ? t('log.times', { n: count }) : lineOf(frame, texts)}
      </span>
      <span className="pg-size">{frame.direction === 'note' ? '' : sizeText(frame.bytes)}</span>
    </div>
  );
}

function rowClass({ frame }: FrameRow): string {
  const marks = ['pg-row', frame.direction];
  if (frame.isHeartbeat) marks.push('heartbeat');
  if (frame.outcome !== undefined && frame.outcome.code !== 1000) marks.push('bad');
  return marks.join(' ');
}
