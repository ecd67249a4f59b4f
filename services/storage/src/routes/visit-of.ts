import { servicePrefix } from '@ashlar/service';
import type { FastifyRequest } from 'fastify';
import type { Visit } from '../adapters/database.ts';
import { checkBucketName, checkObjectKey } from '../domain/object-key.ts';

const PREFIX = servicePrefix('storage');

export function visitOf(request: FastifyRequest): Visit {
  const path = request.url.split('?', 1)[0] ?? '';
  return {
    context: request.ashlar,
    method: request.method,
    path: path.startsWith(PREFIX) ? path.slice(PREFIX.length) : path,
    headers: request.headers,
  };
}

/** What an address names. */
export interface Target {
  readonly bucket: string;
  readonly name: string;
}

/** @throws {AshlarError} `storage.invalid_bucket_name`, `storage.invalid_key`. */
export function targetOf({ params }: FastifyRequest): Target {
  // Routes with an object in them have both parameters.
  const { bucket = '', '*': name = '' } = params as { readonly bucket?: string; readonly '*'?: string };
  return { bucket: checkBucketName(bucket), name: checkObjectKey(name) };
}

/**
 * The same for a signed address. supabase-js encodes the address it was given once more; no name has a percent sign,
 * so one that is left tells so.
 */
export function signedTargetOf(request: FastifyRequest): Target {
  const { bucket = '', '*': name = '' } = request.params as { readonly bucket?: string; readonly '*'?: string };
  return { bucket: checkBucketName(decodedAgain(bucket)), name: checkObjectKey(decodedAgain(name)) };
}

function decodedAgain(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @throws {AshlarError} `storage.invalid_bucket_name`. */
export function bucketOf({ params }: FastifyRequest): string {
  return checkBucketName((params as { readonly bucket?: string }).bucket ?? '');
}

/** Part of a query, when it is given once. */
export function queryOf({ query }: FastifyRequest, name: string): string | undefined {
  const value = (query as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}

/** A name as part of a path. */
export function encodePath({ bucket, name }: Target): string {
  return [bucket, ...name.split('/')].map(encodeURIComponent).join('/');
}
