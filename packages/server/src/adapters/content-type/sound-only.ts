/**
 * Browsers record voice into the containers of video. Which tracks are in them stands at their
 * beginning where they were made for streaming, as a recorder makes them.
 */

const has = (head: Buffer, mark: string): boolean => head.includes(mark, 0, 'latin1');

/** `audio/…` for a WebM or MP4 file whose beginning names a sound track and no picture. */
export function soundOnly(mime: string, bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (mime === 'video/webm') {
    // Codec ids of Matroska: https://www.matroska.org/technical/codec_specs.html
    const hasSound = has(head, 'A_OPUS') || has(head, 'A_VORBIS');
    const hasPicture = has(head, 'V_VP') || has(head, 'V_AV1') || has(head, 'V_MPEG');
    return hasSound && !hasPicture ? 'audio/webm' : mime;
  }
  if (mime === 'video/mp4') {
    // Handler types of tracks: ISO/IEC 14496-12 §8.4.3.
    const isSound = has(head, 'soun') && has(head, 'moov') && !has(head, 'vide');
    return isSound ? 'audio/mp4' : mime;
  }
  return mime;
}
