/** `Content-Disposition` with a name in any script (RFC 6266, RFC 8187). */

/** Formats that a browser shows without running anything that is in them. */
const SHOWN = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/avif',
  'audio/mpeg',
  'audio/mp4',
  'audio/aac',
  'audio/ogg',
  'audio/webm',
  'audio/wav',
  'audio/flac',
  'video/mp4',
  'video/webm',
  'video/quicktime',
]);

/** Whatever else is saved, never shown: HTML, SVG, XML and PDF can run scripts. */
export function contentDisposition(name: string, mime: string): string {
  const form = SHOWN.has(mime) ? 'inline' : 'attachment';
  const ascii = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%]/g, '_');
  return `${form}; filename="${ascii}"; filename*=UTF-8''${extendedValue(name)}`;
}

const extendedValue = (name: string): string =>
  encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
