/** The two endpoints of uploads that are no procedures: a form in, bytes out. */
import { uploadExample, UploadView } from '@carillon/protocol/procedures';
import { problemResponse, type Json } from './operations.ts';

const text = (description: string, more: Json = {}): Json => ({
  type: 'string',
  description,
  ...more,
});

const FORM: Json = {
  type: 'object',
  required: ['file', 'conversation_id'],
  properties: {
    conversation_id: text(
      'Where it will be sent. Before the file, so that nothing is sent in vain.',
    ),
    file: text('One file; what it is, is told by its content.', { format: 'binary' }),
    width: text('Pixels, for images and films.'),
    height: text('Pixels.'),
    duration_ms: text('Of sound and films.'),
    sender: text('With an API key: whose file it is.'),
  },
};

const take: Json = {
  operationId: 'upload.create',
  summary: 'Send a file',
  description:
    'Then `chat.send` with kind `image`, `voice` or `file` and `attributes.upload_id`. A file that no message takes within 24 hours is removed.',
  tags: ['upload'],
  security: [{ bearer: [] }, { apiKey: [] }],
  requestBody: { content: { 'multipart/form-data': { schema: FORM } } },
  responses: {
    '201': {
      description: 'On disk',
      content: { 'application/json': { schema: UploadView, example: uploadExample } },
    },
    '400': problemResponse('invalid_field (402), bad_request (107)'),
    '401': problemResponse('unauthorized (101)'),
    '403': problemResponse('not_member (407), permission_denied (103)'),
    '404': problemResponse('not_found (404)'),
    '413': problemResponse('too_large (411), too_many (406)'),
    '415': problemResponse('unsupported_type (412)'),
    '429': problemResponse('quota_exceeded (413), too_many_requests (111)'),
    '503': problemResponse('storage_unavailable (420)'),
  },
};

const parameter = (name: string, where: 'path' | 'query', description: string): Json => ({
  name,
  in: where,
  required: true,
  description,
  schema: { type: 'string' },
});

const content: Json = {
  summary: 'The content of a file',
  description:
    'The link that `upload.get` gives; it needs no log-in and expires. Answers range requests.',
  tags: ['upload'],
  security: [{}],
  parameters: [
    parameter('upload_id', 'path', 'As in the link.'),
    parameter('expires', 'query', 'Seconds since 1970.'),
    parameter('signature', 'query', 'Over both.'),
  ],
  responses: {
    '200': { description: 'All of it', content: { '*/*': { schema: { type: 'string' } } } },
    '206': { description: 'The range', content: { '*/*': { schema: { type: 'string' } } } },
    '304': { description: 'Unchanged' },
    '403': problemResponse('permission_denied (103): not our link; expired (110)'),
    '404': problemResponse('not_found (404)'),
    '416': problemResponse('The range lies outside'),
  },
};

export const uploadEndpoints = (): Json => ({
  '/api/v1/uploads': { post: take },
  '/api/v1/uploads/{upload_id}/content': { get: content },
});
