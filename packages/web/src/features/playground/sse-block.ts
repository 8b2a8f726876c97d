/** One server-sent event as it came over the line, taken apart. Not an EventSource: nothing is thrown away. */

export interface SseBlock {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
  readonly comment?: string;
  readonly retry?: string;
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
export function parseSseBlock(block: string): SseBlock {
  const found: { -readonly [K in keyof SseBlock]: SseBlock[K] } = {};
  for (const line of block.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    if (colon === 0) {
      found.comment = line.slice(1).trim();
      continue;
    }
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') found.data = found.data === undefined ? value : `${found.data}\n${value}`;
    else if (name === 'event' || name === 'id' || name === 'retry') found[name] = value;
  }
  return found;
}

/** A block per message: what came in one tick shares an event, a line of data each. */
export function blocksPerMessage(block: string): readonly string[] {
  const lines = block.split(/\r\n|\n|\r/);
  const isData = (line: string): boolean => line.startsWith('data:');
  const [first, ...others] = lines.filter(isData);
  if (first === undefined || others.length === 0) return [block];
  return [[...lines.filter((line) => !isData(line)), first].join('\n'), ...others];
}

/** Cuts a stream of text into pieces; the last, unfinished one waits for more. */
export function createSplitter(separator: RegExp): (chunk: string) => readonly string[] {
  let rest = '';
  return (chunk) => {
    const pieces = (rest + chunk).split(separator);
    rest = pieces.pop() ?? '';
    return pieces.filter((piece) => piece !== '');
  };
}

export const LINES = /\r?\n/;
export const BLOCKS = /\r?\n\r?\n/;
