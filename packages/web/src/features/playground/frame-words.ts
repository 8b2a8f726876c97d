/** Frames, sizes and times in words. */
import type { Texts } from '../../i18n/create-texts.ts';
import type { Frame } from './frame.ts';
import type { en } from './texts/en.ts';

type Words = Pick<Texts<keyof typeof en>, 't'>;

const NOTES = {
  connecting: 'note.connecting',
  open: 'note.open',
  closed: 'note.closed',
  refused: 'note.refused',
  note: 'note.notSent',
  ended: 'note.ended',
  unreachable: 'note.unreachable',
} as const;

const isNote = (type: string): type is keyof typeof NOTES => Object.hasOwn(NOTES, type);

/** One line: what happened, or the frame's own text. */
export function lineOf(frame: Frame, { t }: Words): string {
  if (frame.direction !== 'note' || !isNote(frame.type)) return frame.text.replaceAll('\n', ' ');
  const { code, reason } = frame.outcome ?? { code: '', reason: '' };
  return t(NOTES[frame.type], { text: frame.text, code, reason }).trim();
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return `${(bytes / 1024).toFixed(bytes < 10 * 1024 ? 1 : 0)} KB`;
}

/** To the millisecond: what is watched here is often over in less than a second. */
export const clockText = (atMs: number, region: string): string =>
  new Date(atMs).toLocaleTimeString(region, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hour12: false,
  });
