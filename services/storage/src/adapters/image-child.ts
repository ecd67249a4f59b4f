// Decodes and encodes pictures in a process of its own: what a hostile picture could do, it does to this one.
import process from 'node:process';
import sharp, { type Sharp } from 'sharp';
import type { ImageAnswer, ImageJob } from './image-process.ts';

/** Least effort of the encoder: the next steps cost several times as much for a few percent. */
const AVIF_EFFORT = 2;
const LOADERS = ['JpegBuffer', 'PngBuffer', 'NsgifBuffer', 'WebpBuffer', 'HeifBuffer'];

// What is not named here is not opened, whatever the bytes say they are.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: LOADERS.map((loader) => `VipsForeignLoad${loader}`) });
sharp.cache(false);
sharp.concurrency(1);

process.on('message', (job: ImageJob) => void answer(job));
process.on('disconnect', () => process.exit(0));

async function answer(job: ImageJob): Promise<void> {
  process.send?.(await render(job).catch((error: unknown) => failureOf(job, error)));
}

function failureOf({ id }: ImageJob, error: unknown): ImageAnswer {
  return { id, failure: error instanceof Error ? error.message.slice(0, 200) : 'unknown' };
}

async function render({ id, source, order, maxPixels, seconds }: ImageJob): Promise<ImageAnswer> {
  // The channel hands over plain byte arrays.
  const input = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const options = { limitInputPixels: maxPixels, failOn: 'error', pages: 1, sequentialRead: true } as const;
  // The header alone is read for this.
  const { width, height, format } = await sharp(input, options).metadata();
  if (width * height > maxPixels) return { id, tooLarge: true };
  const picture = sharp(input, options)
    .timeout({ seconds })
    .autoOrient()
    .resize({ width: order.width, height: order.height, fit: order.fit, withoutEnlargement: true });
  const wanted = order.format ?? (format === 'heif' ? 'avif' : format);
  const { data } = await encoded(picture, wanted, order.quality).toBuffer({ resolveWithObject: true });
  return { id, bytes: data, format: wanted };
}

function encoded(picture: Sharp, format: string, quality: number): Sharp {
  switch (format) {
    case 'webp':
      return picture.webp({ quality });
    case 'avif':
      return picture.avif({ quality, effort: AVIF_EFFORT });
    case 'png':
      return picture.png();
    case 'gif':
      return picture.gif();
    default:
      return picture.jpeg({ quality });
  }
}
