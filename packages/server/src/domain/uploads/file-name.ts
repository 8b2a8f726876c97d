/** Names of files as people see them. They are never part of a path here; they are in their downloads. */
import type { DetectedType } from '../../ports/content-type.ts';

/** Control characters, line ends, and the marks that turn the direction of text ("gpj.exe" as "exe.jpg"). */
const HIDDEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** What Windows does not allow in names, beside what separates folders. */
const RESERVED = /[<>:"|?*]/g;

/**
 * The last part of what the sender called it, without what misleads; with the extension of what it
 * is, where it claims another.
 */
export function fileName(given: string, type: DetectedType, maxCharacters: number): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  const shown = last.replace(HIDDEN, '').replace(RESERVED, '_').trim().replace(/^\.+/, '');
  const { stem, extension } = partsOf(shown);
  const ending = endingFor(extension, type);
  const room = maxCharacters - ending.length;
  const base = ending === `.${extension}` ? stem : shown;
  const short = Array.from(base.replace(/\.+$/, '')).slice(0, room).join('').trim();
  return `${short === '' ? 'file' : short}${ending}`;
}

function partsOf(name: string): { readonly stem: string; readonly extension: string } {
  const found = /^(.+)\.([^.\s]{1,16})$/.exec(name);
  return { stem: found?.[1] ?? name, extension: found?.[2] ?? '' };
}

function endingFor(extension: string, { extensions }: DetectedType): string {
  const [usual] = extensions;
  // A text may be called anything: notes.md, data.csv, main.py.
  if (usual === undefined) return extension === '' ? '.txt' : `.${extension}`;
  return extensions.includes(extension.toLowerCase()) ? `.${extension}` : `.${usual}`;
}
