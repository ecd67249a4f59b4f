import type { ImageFormat, ImageOrder } from '../domain/image-options.ts';

/** Bytes of a picture that are opened; larger files are refused unread. */
export const MAX_SOURCE_BYTES = 26_214_400;
/** Pixels of a picture that are decoded; told by its header alone. */
export const MAX_SOURCE_PIXELS = 50_000_000;

export interface RenderedImage {
  readonly bytes: Buffer;
  readonly format: ImageFormat;
}

/** Makes pictures of pictures, few at a time. */
export interface ImageRenderer {
  /**
   * @param load The source; called when its turn has come, so that what waits holds no bytes.
   * @throws {AshlarError} `storage.invalid_request` for what is no picture or too large a one, `storage.images_busy`
   *   when too many wait, `storage.image_too_costly` when it took too long.
   */
  render(load: () => Promise<Buffer>, order: ImageOrder): Promise<RenderedImage>;
  close(): void;
}

/** Keeps pictures that were made, the most recently used of them. Losing any of them costs time only. */
export interface ImageCache {
  get(project: string, key: string): Promise<RenderedImage | null>;
  put(project: string, key: string, image: RenderedImage): Promise<void>;
}
