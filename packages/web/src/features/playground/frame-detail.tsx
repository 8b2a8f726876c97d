/** The chosen frame in full, indented on demand, with what its code means. */
import { useState } from 'react';
import { CopyButton } from './copy-button.tsx';
import { explanationOf } from './explanation.ts';
import { prettyText } from './frame.ts';
import type { Frame } from './frame.ts';
import { clockText, lineOf } from './frame-words.ts';
import { Switch } from './switch.tsx';
import { useCodeTexts, usePlaygroundTexts } from './use-playground-texts.ts';

interface FrameDetailProps {
  readonly frame: Frame | undefined;
  /** Undefined where nothing can be sent. */
  readonly onReuse: ((text: string) => void) | undefined;
}

export function FrameDetail({ frame, onReuse }: FrameDetailProps) {
  const texts = usePlaygroundTexts();
  const { t, count, region } = texts;
  const [isPretty, setPretty] = useState(true);
  if (frame === undefined) return <p className="pg-detail pg-hint">{t('detail.none')}</p>;
  const raw = frame.direction === 'note' ? lineOf(frame, texts) : frame.text;
  const shown = isPretty ? prettyText(raw) : raw;
  return (
    <section className="pg-detail" aria-label={t('detail.title')}>
      <div className="pg-detail-head">
        <p>
          <strong>{frame.type}</strong> · {t(`log.${frame.direction}`)} ·{' '}
          {clockText(frame.atMs, region)}
          {frame.direction !== 'note' && <> · {count('detail.bytes', frame.bytes)}</>}
        </p>
        <Switch label={t('detail.pretty')} isOn={isPretty} onSwitch={setPretty} />
        <CopyButton text={shown} label={t('detail.copy')} copied={t('code.copied')} />
        {onReuse !== undefined && frame.direction !== 'note' && (
          <button
            className="button quiet small"
            type="button"
            onClick={() => onReuse(prettyText(frame.text))}
          >
            {t('detail.reuse')}
          </button>
        )}
      </div>
      <Explanation frame={frame} />
      <pre tabIndex={0} aria-label={t('detail.title')}>
        {shown}
      </pre>
    </section>
  );
}

function Explanation({ frame: { outcome } }: { frame: Frame }) {
  const { t } = useCodeTexts();
  if (outcome === undefined) return null;
  const key = explanationOf(outcome);
  return key === undefined ? null : (
    <p className="pg-explanation">
      <strong>{outcome.code}</strong> {t(key)}
    </p>
  );
}
