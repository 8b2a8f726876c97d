/** A multipart request as the parts that the domain reads; everything wrong with its form is a bad request. */
import multipart from '@fastify/multipart';
import { fail } from '@carillon/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { FormPart } from '../../domain/uploads/upload-form.ts';
import { BodyError } from '../body-error.ts';

const LIMITS = { fieldNameSize: 64, fieldSize: 1024, fields: 10, files: 2, headerPairs: 32 };

/** @param maxBytes of the file; one byte more is let through, so that whoever counts sees it */
export const acceptForms = async (app: FastifyInstance, maxBytes: number): Promise<void> => {
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { ...LIMITS, parts: LIMITS.fields + LIMITS.files, fileSize: maxBytes + 1 },
  });
};

const malformed = (error: unknown): BodyError =>
  new BodyError(
    fail(
      'bad_request',
      `the form cannot be read: ${error instanceof Error ? error.message : 'it is malformed'}`,
    ),
  );

/** To be read to its end, or left: then the rest of the request is nobody's. */
export async function* formParts(request: FastifyRequest): AsyncGenerator<FormPart> {
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        yield {
          type: 'file',
          name: part.fieldname,
          fileName: part.filename,
          bytes: bytesOf(part.file),
        };
      } else {
        yield { type: 'field', name: part.fieldname, value: String(part.value) };
      }
    }
  } catch (error) {
    throw malformed(error);
  }
}

async function* bytesOf(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* file;
  } catch (error) {
    throw malformed(error);
  }
}
