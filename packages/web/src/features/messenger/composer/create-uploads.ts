/** Uploads over the SDK. What was sent from this page is shown from memory, not fetched again. */
import type { Carillon } from '@carillon/client';
import type { Attachment } from '../files/attachment.ts';
import { decodeAttachment } from '../files/attachment.ts';
import type { FileLink, Uploads } from './uploads.ts';

/** A link that ends sooner than this is asked for anew. */
const SPARE_MS = 60_000;

export function createUploads(carillon: Pick<Carillon, 'client' | 'upload'>): Uploads {
  const links = new Map<string, FileLink>();
  const local = new Map<string, { readonly file: Attachment; readonly url: string }>();

  const fetchLink = async (id: string): Promise<FileLink> => {
    const { url, expires_at } = await carillon.client.call('upload.get', { upload_id: id });
    const link = { url, expiresAtMs: Date.parse(expires_at) - SPARE_MS };
    links.set(id, link);
    return link;
  };

  return {
    async upload(input) {
      const uploaded = await carillon.upload({ ...input, name: input.file.name });
      const file = decodeAttachment(uploaded);
      if (file === undefined) throw new Error('the server did not say what it has stored');
      local.set(file.id, { file, url: URL.createObjectURL(input.file) });
      return file;
    },
    async link(id) {
      const known = links.get(id);
      return known !== undefined && known.expiresAtMs > Date.now() ? known : fetchLink(id);
    },
    localUrl: (id) => local.get(id)?.url,
    localFile: (id) => local.get(id)?.file,
    close: () => {
      for (const { url } of local.values()) URL.revokeObjectURL(url);
      local.clear();
    },
  };
}
