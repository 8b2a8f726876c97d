/** The file a message carries, read out of its attributes: the edge where they become a type. */
import { isJsonObject, numberOf, objectOf, textOf } from '../../../session/json-fields.ts';
import type { JsonObject } from '../../../session/json-fields.ts';

export type AttachmentKind = 'image' | 'voice' | 'file';

export interface Attachment {
  readonly id: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly kind: AttachmentKind;
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
}

const kindOf = (text: string | undefined): AttachmentKind =>
  text === 'image' || text === 'voice' ? text : 'file';

/** As the server describes an upload, in its answer and in a message. */
export function decodeAttachment(upload: JsonObject): Attachment | undefined {
  const id = textOf(upload, 'id');
  if (id === undefined) return undefined;
  const width = numberOf(upload, 'width');
  const height = numberOf(upload, 'height');
  const durationMs = numberOf(upload, 'duration_ms');
  return {
    id,
    name: textOf(upload, 'name') ?? '',
    size: numberOf(upload, 'size') ?? 0,
    kind: kindOf(textOf(upload, 'kind')),
    ...(width === undefined || height === undefined ? {} : { width, height }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

export function attachmentOf(attributes: unknown): Attachment | undefined {
  const upload = isJsonObject(attributes) ? objectOf(attributes, 'upload') : undefined;
  return upload === undefined ? undefined : decodeAttachment(upload);
}

/** What a message on its way names; the server puts the description in its place. */
export const uploadIdOf = (attributes: unknown): string | undefined =>
  isJsonObject(attributes) ? textOf(attributes, 'upload_id') : undefined;

const LARGEST_PX = 320;

/** The size a picture is shown in, known before it is loaded, so that nothing jumps. */
export function shownSize({ width, height }: Pick<Attachment, 'width' | 'height'>): {
  readonly width: number;
  readonly height: number;
} {
  if (width === undefined || height === undefined || width <= 0 || height <= 0)
    return { width: 240, height: 180 };
  const scale = Math.min(1, LARGEST_PX / width, LARGEST_PX / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.round(height * scale) };
}

const UNITS = ['kilobyte', 'megabyte', 'gigabyte'] as const;

export function sizeText(bytes: number, region: string): string {
  let value = bytes;
  let unit: 'byte' | (typeof UNITS)[number] = 'byte';
  for (const next of UNITS) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  const maximumFractionDigits = value < 10 && unit !== 'byte' ? 1 : 0;
  return value.toLocaleString(region, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits,
  });
}

export const durationText = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};
