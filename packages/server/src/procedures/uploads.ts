/** The procedures of uploads. Files themselves come as forms (http/upload-routes.ts). */
import * as declared from '@carillon/protocol/procedures';
import type { UploadService } from '../domain/uploads/upload-service.ts';
import { viewerOf } from './actor.ts';
import { answer, implement, type Binding } from './binding.ts';
import { uploadView } from './views.ts';

export const bindUploads = (uploads: UploadService): readonly Binding[] => [
  implement(declared.uploadGet, async ({ upload_id: id }, { actor }) => {
    const found = await uploads.get(viewerOf(actor), id);
    if (!found.ok) return found;
    const { url, expiresAt } = found.value;
    return answer({
      ...uploadView(found.value),
      url,
      expires_at: new Date(expiresAt).toISOString(),
    });
  }),
];
