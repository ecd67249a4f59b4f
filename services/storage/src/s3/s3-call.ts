import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { Visit } from '../adapters/database.ts';
import type { StorageParts } from '../application/visit.ts';
import { checkBucketName, checkObjectKey } from '../domain/object-key.ts';
import type { Authentication, AuthenticationParts } from './authenticate.ts';
import { readBody } from './read-body.ts';
import { readXml, type XmlElement } from './read-xml.ts';
import { s3Errors } from './s3-errors.ts';
import type { S3Target } from './s3-target.ts';

export interface S3Parts extends StorageParts, AuthenticationParts {}

/** One authenticated request of the S3 protocol. */
export interface S3Call {
  readonly request: FastifyRequest;
  readonly target: S3Target;
  readonly authentication: Authentication;
  /** As the caller who signed. */
  readonly visit: Visit;
  readonly parts: S3Parts;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
}

export type Operation = (call: S3Call) => Promise<S3Answer>;

/** An object's content is not read as a document beyond this: ten thousand parts with two checksums each. */
const MAX_XML_BYTES = 4_194_304;

export function xmlAnswer(body: string, headers: Readonly<Record<string, string>> = {}): S3Answer {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body };
}

/** @throws {AshlarError} `storage.invalid_bucket_name`. */
export function bucketOf({ target }: S3Call): string {
  return checkBucketName(target.bucket ?? '');
}

/** @throws {AshlarError} `storage.invalid_bucket_name`, `storage.invalid_key`. */
export function objectOf(call: S3Call): { readonly bucket: string; readonly name: string } {
  return { bucket: bucketOf(call), name: checkObjectKey(call.target.key ?? '') };
}

export function headerOf({ request }: S3Call, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** @throws {AshlarError} `s3.invalid_argument` for what is no whole number between the bounds. */
export function integerOf(
  { target }: S3Call,
  name: string,
  bounds: { min: number; max: number; fallback?: number },
): number {
  const text = target.parameters.get(name);
  if (text === undefined && bounds.fallback !== undefined) return bounds.fallback;
  const value = /^\d{1,10}$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (!(value >= bounds.min)) throw s3Errors.invalidArgument({ name });
  if (value > bounds.max && bounds.fallback === undefined) throw s3Errors.invalidArgument({ name });
  return Math.min(value, bounds.max);
}

/** The whole body, proven; empty text for none. @throws {AshlarError} `s3.malformed_xml` and those of `readBody`. */
export async function bodyText({ request, authentication }: S3Call): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readBody(request, authentication).bytes) {
    bytes += chunk.length;
    if (bytes > MAX_XML_BYTES) throw s3Errors.malformedXml({ detail: 'it is too large' });
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  if (text.includes('\ufffd')) throw s3Errors.malformedXml({ detail: 'it is not UTF-8' });
  return text;
}

export async function bodyXml(call: S3Call, root: string): Promise<XmlElement> {
  return readXml(await bodyText(call), root);
}
