import { z } from 'zod';

/** Formats that are read and written. Others, SVG above all, are never opened. */
export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'avif';
export const IMAGE_FORMATS: readonly ImageFormat[] = ['jpeg', 'png', 'gif', 'webp', 'avif'];

/** Pixels on a side that may be asked for. */
const MAX_SIDE = 2_000;
/** Pixels on the side that was not asked for. */
const MAX_OTHER_SIDE = 8_000;
const DEFAULT_QUALITY = 80;

const side = z.coerce.number().int().min(1).max(MAX_SIDE).optional();

export interface Transform {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly resize?: 'cover' | 'contain' | 'fill' | undefined;
  readonly quality?: number | undefined;
  readonly format?: 'origin' | 'avif' | 'webp' | undefined;
}

/** What a request or a signed address says of the picture it wants. */
export const transformSchema: z.ZodType<Transform> = z.object({
  width: side,
  height: side,
  resize: z.enum(['cover', 'contain', 'fill']).optional(),
  quality: z.coerce.number().int().min(20).max(100).optional(),
  format: z.enum(['origin', 'avif', 'webp']).optional(),
});

/** A picture to be made, every choice taken. */
export interface ImageOrder {
  readonly width: number;
  readonly height: number;
  readonly fit: 'cover' | 'inside' | 'fill';
  readonly quality: number;
  /** null: that of the source. */
  readonly format: ImageFormat | null;
}

/** @param accept Header of the request: without a wish the smallest format the client takes is made. */
export function orderOf({ width, height, resize = 'cover', quality, format }: Transform, accept: string): ImageOrder {
  const isBox = width !== undefined && height !== undefined;
  const unasked = width === undefined && height === undefined ? MAX_SIDE : MAX_OTHER_SIDE;
  return {
    width: width ?? unasked,
    height: height ?? unasked,
    fit: !isBox || resize === 'contain' ? 'inside' : resize,
    quality: quality ?? DEFAULT_QUALITY,
    format: format === 'origin' ? null : (format ?? negotiated(accept)),
  };
}

/** WebP first: AVIF is somewhat smaller, and takes ten times as long to make. */
function negotiated(accept: string): ImageFormat | null {
  const taken = accept
    .split(',')
    .filter((range) => !/;\s*q=0(?:\.0*)?\s*$/.test(range))
    .map((range) => (range.split(';', 1)[0] ?? '').trim().toLowerCase());
  return (['webp', 'avif'] as const).find((format) => taken.includes(`image/${format}`)) ?? null;
}

const RESIZING = { cover: 'fill', contain: 'fit', fill: 'force' } as const;

/** `height:100,width:200,resizing_type:fill`, as clients know it. */
export function describeTransform({ width, height, resize = 'cover' }: Transform): string {
  return [
    ...(height === undefined ? [] : [`height:${height}`]),
    ...(width === undefined ? [] : [`width:${width}`]),
    `resizing_type:${RESIZING[resize]}`,
  ].join(',');
}

/** The format of a media type the beginning of a file was told by; null for what is not opened. */
export function formatOfType(type: string | null): ImageFormat | null {
  return IMAGE_FORMATS.find((format) => `image/${format}` === type) ?? null;
}
