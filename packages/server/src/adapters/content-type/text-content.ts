/** What kind of text a text is, as far as it matters: something that browsers would run, or not. */
import type { DetectedType } from '../../ports/content-type.ts';

/** Control characters that no text has: all of ASCII's but tab, line feed, form feed, carriage return. */
const CONTROL = /[^\P{Cc}\t\n\f\r\u0080-\u009f]/u;

const BEGINS_AS_MARKUP = /^[\s\ufeff]*<[a-z!?/]/i;

export const isControlled = (text: string): boolean => CONTROL.test(text);

/** Of a file's beginning, which may end within a character. */
export function isText(head: Uint8Array): boolean {
  try {
    return !isControlled(new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true }));
  } catch {
    return false;
  }
}

/** A text that begins with a tag, a comment or a declaration. */
export function markupType(head: Uint8Array): DetectedType | undefined {
  const text = new TextDecoder().decode(head);
  if (!BEGINS_AS_MARKUP.test(text)) return undefined;
  if (/<svg[\s>]/i.test(text)) return { mime: 'image/svg+xml', extensions: ['svg'] };
  return /^[\s\ufeff]*<\?xml/i.test(text)
    ? { mime: 'application/xml', extensions: ['xml'] }
    : { mime: 'text/html', extensions: ['html', 'htm'] };
}
