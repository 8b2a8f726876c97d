/**
 * Server-sent events as text (HTML Standard §9.2). Every byte that could end a field early is
 * either split over lines (data) or refused (names and ids, which only we make).
 */

export interface SseEvent {
  /** Absent: `message`. */
  readonly event?: string;
  /** What the client sends back as `Last-Event-ID`. '' resets it. */
  readonly id?: string;
  /** Absent: the client only remembers the id. */
  readonly data?: string;
}

const LINE_END = /\r\n|\r|\n/;

/** A NUL makes clients ignore an id silently; a line end would begin a field of its own. */
const FORBIDDEN = /[\0\r\n]/;

const field = (name: string, value: string): string => {
  if (FORBIDDEN.test(value)) throw new RangeError(`${name} may not contain NUL or line ends`);
  return `${name}: ${value}\n`;
};

/**
 * Line ends in `data` all arrive as LF. The space after each colon is what clients strip, so a
 * leading space or BOM of the data survives.
 *
 * @throws RangeError for NUL or a line end in `event` or `id`.
 */
export const encodeEvent = ({ event, id, data }: SseEvent): string => {
  let text = '';
  if (id !== undefined) text += field('id', id);
  if (event !== undefined) text += field('event', event);
  for (const line of data?.split(LINE_END) ?? []) text += `data: ${line}\n`;
  return `${text}\n`;
};

/** Keeps the line alive; clients do not show it. */
export const encodeComment = (comment: string): string =>
  `${comment
    .split(LINE_END)
    .map((line) => `: ${line}\n`)
    .join('')}\n`;

/**
 * JSON texts as one event, a line each: what EventSource gives as `data` is the texts with a line
 * end between them. Line ends within a text can only be blanks between tokens, and become spaces.
 */
export const encodeJsonEvent = (texts: readonly string[]): string => {
  let event = '';
  for (const text of texts) event += `data: ${onOneLine(text)}\n`;
  return `${event}\n`;
};

const onOneLine = (text: string): string =>
  /[\r\n]/.test(text) ? text.replaceAll(/[\r\n]/g, ' ') : text;

/** How long the client waits before it comes back. */
export const encodeRetry = (ms: number): string => `retry: ${Math.trunc(ms)}\n\n`;
