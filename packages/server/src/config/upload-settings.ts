import { duration } from './duration.ts';
import { bytes, mediaTypes, text } from './setting-kinds.ts';
import { optional, setting } from './setting.ts';

const KB = 1024;
const MB = 1024 ** 2;
const OFFICE = 'application/vnd.openxmlformats-officedocument';

export const UPLOAD_SETTINGS = {
  uploadDir: optional({
    env: 'UPLOAD_DIR',
    kind: text,
    group: 'uploads',
    description:
      'Folder of uploaded files; `uploads` inside DATA_DIR unless given. Processes on several hosts share it.',
  }),
  uploadMaxBytes: setting({
    env: 'UPLOAD_MAX_BYTES',
    kind: bytes({ min: KB, max: 4096 * MB }),
    default: 25 * MB,
    group: 'uploads',
    description: 'Largest file; beyond: 413.',
  }),
  uploadTypes: setting({
    env: 'UPLOAD_TYPES',
    kind: mediaTypes,
    default: [
      'image/jpeg',
      'image/png',
      'image/gif',
      'image/webp',
      'image/avif',
      'image/heic',
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
      'application/pdf',
      'application/zip',
      `${OFFICE}.wordprocessingml.document`,
      `${OFFICE}.spreadsheetml.sheet`,
      `${OFFICE}.presentationml.presentation`,
      'text/plain',
    ],
    group: 'uploads',
    description: 'Media types that are taken, found by content; others: 415.',
  }),
  uploadLinkTtl: setting({
    env: 'UPLOAD_LINK_TTL',
    kind: duration({ min: '1s', max: '7d' }),
    default: 3_600_000,
    group: 'uploads',
    description: 'How long a link to a file opens it.',
  }),
  uploadMaxPerUser: setting({
    env: 'UPLOAD_MAX_PER_USER',
    kind: bytes({ min: KB, max: 1024 * 1024 * MB }),
    default: 500 * MB,
    group: 'uploads',
    description: 'What one user may upload in 24 hours; each file counts 16 kB beside its size.',
  }),
} as const;
