/** What of the log is shown: text, direction, type, heartbeats; pause, clear, and the way to code. */
import { useId } from 'react';
import type { Direction } from './frame.ts';
import type { FrameFilter } from './frame-rows.ts';
import { Switch } from './switch.tsx';
import { usePlaygroundTexts } from './use-playground-texts.ts';

interface LogToolbarProps {
  readonly filter: FrameFilter;
  readonly types: readonly string[];
  readonly isPaused: boolean;
  /** Frames that came while paused. */
  readonly unseen: number;
  readonly hasRecording: boolean;
  readonly onFilter: (filter: FrameFilter) => void;
  readonly onPause: () => void;
  readonly onClear: () => void;
  readonly onCode: () => void;
}

const DIRECTIONS: readonly (Direction | 'all')[] = ['all', 'in', 'out', 'note'];

export function LogToolbar(props: LogToolbarProps) {
  const { filter, onFilter } = props;
  const { t } = usePlaygroundTexts();
  return (
    <div className="pg-toolbar">
      <FilterFields {...props} />
      <Switch
        label={t('log.fold')}
        isOn={filter.isFoldingHeartbeats}
        onSwitch={(isFoldingHeartbeats) => onFilter({ ...filter, isFoldingHeartbeats })}
      />
      <span className="pg-toolbar-buttons">
        <PauseButton {...props} />
        <button className="button quiet small" type="button" onClick={props.onClear}>
          {t('log.clear')}
        </button>
        <button
          className="button quiet small"
          type="button"
          disabled={!props.hasRecording}
          title={props.hasRecording ? undefined : t('code.none')}
          onClick={props.onCode}
        >
          {t('log.code')}
        </button>
      </span>
    </div>
  );
}

function FilterFields({ filter, types, onFilter }: LogToolbarProps) {
  const { t } = usePlaygroundTexts();
  const id = useId();
  return (
    <>
      <input
        type="search"
        aria-label={t('log.search')}
        placeholder={t('log.search')}
        value={filter.text}
        onChange={({ target }) => onFilter({ ...filter, text: target.value })}
      />
      <label className="visually-hidden" htmlFor={`${id}-direction`}>
        {t('log.direction')}
      </label>
      <select
        id={`${id}-direction`}
        value={filter.direction}
        onChange={({ target }) => {
          const direction = DIRECTIONS.find((one) => one === target.value) ?? 'all';
          onFilter({ ...filter, direction });
        }}
      >
        {DIRECTIONS.map((direction) => (
          <option key={direction} value={direction}>
            {t(`log.${direction}`)}
          </option>
        ))}
      </select>
      <label className="visually-hidden" htmlFor={`${id}-type`}>
        {t('log.type')}
      </label>
      <select
        id={`${id}-type`}
        value={types.includes(filter.type) ? filter.type : ''}
        onChange={({ target }) => onFilter({ ...filter, type: target.value })}
      >
        <option value="">{t('log.allTypes')}</option>
        {types.map((type) => (
          <option key={type} value={type}>
            {type}
          </option>
        ))}
      </select>
    </>
  );
}

function PauseButton({ isPaused, unseen, onPause }: LogToolbarProps) {
  const { t } = usePlaygroundTexts();
  const resume = unseen === 0 ? t('log.resume') : t('log.resumeNew', { n: unseen });
  return (
    <button className="button quiet small" type="button" aria-pressed={isPaused} onClick={onPause}>
      {isPaused ? resume : t('log.pause')}
    </button>
  );
}
