/** Width and height of a picture, so that others can leave room for it; nothing for other files. */

export interface ImageSize {
  readonly width?: number;
  readonly height?: number;
}

export async function imageSize(file: File): Promise<ImageSize> {
  if (!file.type.startsWith('image/')) return {};
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  } catch {
    // Not a picture this browser can read: it is sent without a size.
    return {};
  }
}
