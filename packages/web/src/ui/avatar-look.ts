/** What stands for a person where there is no picture of them: a colour and a letter. */

/** One of eight colours for a name, the same for everybody who looks. */
export function colourOf(name: string): number {
  let hash = 7;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 65_521;
  return hash % 8;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What a reader sees as the first character, also where it is made of several code points. */
export function initialOf(name: string): string {
  const first = graphemes.segment(name)[Symbol.iterator]().next();
  return first.done === true ? '' : first.value.segment.toLocaleUpperCase();
}
