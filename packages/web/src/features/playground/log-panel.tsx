/** The log of one session: toolbar, list, the chosen frame. */
import { useMemo, useState, useSyncExternalStore } from 'react';
import { CodeDialog } from './code-dialog.tsx';
import { FrameDetail } from './frame-detail.tsx';
import { FrameList } from './frame-list.tsx';
import type { LogSnapshot } from './frame-log.ts';
import { NO_FILTER, rowsOf, typesOf } from './frame-rows.ts';
import { lineOf } from './frame-words.ts';
import { LogToolbar } from './log-toolbar.tsx';
import type { PlaygroundSession } from './playground-session.ts';
import { usePlaygroundTexts } from './use-playground-texts.ts';

interface LogPanelProps {
  readonly session: PlaygroundSession;
  readonly onReuse: ((text: string) => void) | undefined;
}

export function LogPanel({ session, onReuse }: LogPanelProps) {
  const { t } = usePlaygroundTexts();
  const live = useSyncExternalStore(session.log.subscribe, session.log.getSnapshot);
  const { recording } = useSyncExternalStore(session.subscribe, session.getSnapshot);
  const [frozen, setFrozen] = useState<LogSnapshot>();
  const [filter, setFilter] = useState(NO_FILTER);
  const [selectedId, setSelectedId] = useState<number>();
  const [isCoding, setCoding] = useState(false);
  const { frames, dropped } = frozen ?? live;
  const rows = useMemo(() => rowsOf(frames, filter), [frames, filter]);
  const types = useMemo(() => typesOf(frames), [frames]);
  const selected = frames.find(({ id }) => id === selectedId);
  const newest = live.frames.at(-1)?.id ?? 0;
  const unseen = frozen === undefined ? 0 : Math.max(0, newest - (frozen.frames.at(-1)?.id ?? 0));
  return (
    <section className="pg-card pg-log" aria-label={t('log.title')}>
      <div className="pg-card-head">
        <h2>{t('log.title')}</h2>
        <p className="pg-hint">
          {t('log.shown', { shown: rows.length, total: frames.length })}
          {dropped > 0 && <> · {t('log.dropped', { n: dropped })}</>}
          {frozen !== undefined && <> · {t('log.paused')}</>}
        </p>
      </div>
      <LogToolbar
        filter={filter}
        types={types}
        isPaused={frozen !== undefined}
        unseen={unseen}
        hasRecording={recording !== undefined}
        onFilter={setFilter}
        onPause={() => setFrozen(frozen === undefined ? live : undefined)}
        onClear={() => {
          setFrozen(undefined);
          setSelectedId(undefined);
          session.log.clear();
        }}
        onCode={() => setCoding(true)}
      />
      {rows.length === 0 ? (
        <p className="pg-empty">{t(frames.length === 0 ? 'log.empty' : 'log.nothing')}</p>
      ) : (
        <FrameList rows={rows} selectedId={selectedId} onSelect={setSelectedId} />
      )}
      {frames.length > 0 && <FrameDetail frame={selected} onReuse={onReuse} />}
      <Announcer log={live} />
      {isCoding && recording !== undefined && (
        <CodeDialog recording={recording} onClose={() => setCoding(false)} />
      )}
    </section>
  );
}

/** Screen readers hear what became of the connection; frames are read in the list, at one's own pace. */
function Announcer({ log }: { log: LogSnapshot }) {
  const texts = usePlaygroundTexts();
  const event = log.frames.findLast(
    ({ direction, type }) => direction === 'note' && type !== 'connecting',
  );
  return (
    <p className="visually-hidden" role="status">
      {event === undefined ? '' : lineOf(event, texts)}
    </p>
  );
}
