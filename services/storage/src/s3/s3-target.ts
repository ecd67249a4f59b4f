import { servicePrefix } from '@ashlar/service';
import type { FastifyRequest } from 'fastify';
import { s3Errors } from './s3-errors.ts';

const PREFIX = `${servicePrefix('storage')}/s3`;
const MAX_PARAMETERS = 64;

/** What a request of the S3 protocol names, decoded; nothing of it is checked yet but that it is text. */
export interface S3Target {
  readonly bucket: string | null;
  readonly key: string | null;
  /** Every parameter of the query in the order sent. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** The same by name. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Hosts and paths by which the client may know this resource, the first ones most likely. */
  readonly addresses: readonly SignedAddress[];
}

export interface SignedAddress {
  readonly host: string;
  /** Decoded. */
  readonly path: string;
}

/** @throws {AshlarError} `s3.invalid_argument` for what is no text, and for a parameter given twice. */
export function readTarget(request: FastifyRequest): S3Target {
  const [rawPath, rawQuery = ''] = splitOnce(request.url, '?');
  const path = decoded(rawPath, 'path');
  const query = parseQuery(rawQuery);
  const parameters = new Map(query);
  // One reader takes the first of two, the next one the last.
  if (parameters.size !== query.length) throw s3Errors.invalidArgument({ name: 'query' });
  const [bucket, key] = splitOnce(path.slice(PREFIX.length + 1), '/');
  return {
    bucket: bucket === '' ? null : bucket,
    key: key === undefined || key === '' ? null : key,
    query,
    parameters,
    addresses: addressesOf(request, path),
  };
}

/**
 * Clients sign the host and path they were given, which a proxy or the door may have shortened: either those of the
 * project's public address or those the request came with.
 */
function addressesOf(request: FastifyRequest, path: string): readonly SignedAddress[] {
  const { host, pathname } = new URL(request.ashlar.publicUrl);
  const known = { host, path: decoded(pathname === '/' ? '' : pathname, 'path') + path };
  const [originalPath] = splitOnce(request.originalUrl, '?');
  const { host: sentHost = '' } = request.headers;
  const sent = { host: sentHost, path: decoded(originalPath, 'path') };
  return known.host === sent.host && known.path === sent.path
    ? [known]
    : [known, sent, { host: sent.host, path: known.path }];
}

function parseQuery(text: string): (readonly [string, string])[] {
  if (text === '') return [];
  const parts = text.split('&').filter((part) => part !== '');
  if (parts.length > MAX_PARAMETERS) throw s3Errors.invalidArgument({ name: 'query' });
  return parts.map((part) => {
    const [name, value = ''] = splitOnce(part, '=');
    return [decoded(name, 'query'), decoded(value, 'query')];
  });
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw s3Errors.invalidArgument({ name }, { cause: error });
  }
}

/** One part where the separator is not in the text. */
export function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
