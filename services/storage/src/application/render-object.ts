import { createHash } from 'node:crypto';
import type { ImageOrder } from '../domain/image-options.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import type { StoredObject } from '../domain/stored-object.ts';
import type { FilePlace } from './file-store.ts';
import { MAX_SOURCE_BYTES, type ImageCache, type ImageRenderer, type RenderedImage } from './image-renderer.ts';
import type { StorageParts } from './visit.ts';

/** Pictures of stored objects, made once. */
export interface Images {
  /** Names the very picture: another version of the object or another order has another. */
  keyOf(object: StoredObject, order: ImageOrder): string;
  /** @returns Null when the object's file is gone. */
  render(project: string, object: StoredObject, order: ImageOrder): Promise<RenderedImage | null>;
  close(): void;
}

interface ImagesParts extends Pick<StorageParts, 'files'> {
  readonly renderer: ImageRenderer;
  readonly cache: ImageCache;
}

export function createImages({ files, renderer, cache }: ImagesParts): Images {
  const underWay = new Map<string, Promise<RenderedImage | null>>();

  async function make(place: FilePlace, key: string, order: ImageOrder): Promise<RenderedImage | null> {
    const kept = await cache.get(place.project, key);
    if (kept !== null) return kept;
    const sizeBytes = await files.size(place);
    if (sizeBytes === null) return null;
    if (sizeBytes > MAX_SOURCE_BYTES) {
      throw storageErrors.invalidRequest({
        detail: `A picture of more than ${MAX_SOURCE_BYTES} bytes is not transformed`,
      });
    }
    const image = await renderer.render(async () => (await bytesOf(place)) ?? Buffer.alloc(0), order);
    // A full disk costs the next request time, not this one its picture.
    await cache.put(place.project, key, image).catch(() => undefined);
    return image;
  }

  async function bytesOf(place: FilePlace): Promise<Buffer | null> {
    const stream = await files.read(place);
    return stream === null ? null : Buffer.concat(await stream.toArray());
  }

  return {
    keyOf,
    render(project, object, order) {
      const key = keyOf(object, order);
      const name = `${project}/${key}`;
      const making =
        underWay.get(name) ??
        make({ project, version: object.version ?? '' }, key, order).finally(() => underWay.delete(name));
      underWay.set(name, making);
      return making;
    },
    close: () => renderer.close(),
  };
}

function keyOf({ version, id }: StoredObject, order: ImageOrder): string {
  return createHash('sha256')
    .update(JSON.stringify([version ?? id, order.width, order.height, order.fit, order.quality, order.format]))
    .digest('hex');
}
