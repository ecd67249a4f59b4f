import { createHash } from 'node:crypto';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import {
  ALGORITHM,
  canonicalRequest,
  encode,
  scopeText,
  signatureOf,
  signingKey,
  stringToSign,
} from './signature-v4.ts';

/** What a client of S3 wants to send, and how it signs it; every member can be a lie. */
export interface Wanted {
  readonly method: string;
  /** Decoded, below the S3 door. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly accessKey: string;
  readonly secret: string;
  readonly region: string;
  readonly at: Date;
  /** Goes with the signature; the hash of the body where it is not given. */
  readonly payload?: string;
}

/** A request as it goes over the line. */
export interface Signed {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface Heard {
  readonly status: number;
  /** S3's code of the error, empty for none. */
  readonly code: string;
  readonly text: string;
}

const DOOR = '/storage/v1/s3';

function momentOf(at: Date): string {
  return at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

export function hashOf(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

/** By the header Authorization. */
export function signHeader(
  wanted: Wanted,
  host: string,
): Signed & { readonly signature: string; readonly key: Buffer } {
  const moment = momentOf(wanted.at);
  const payload = wanted.payload ?? hashOf(wanted.body);
  const sent = { host, 'x-amz-content-sha256': payload, 'x-amz-date': moment, ...wanted.headers };
  const headers = Object.entries(sent).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const scope = { day: moment.slice(0, 8), region: wanted.region };
  const canonical = canonicalRequest({ ...wanted, path: DOOR + wanted.path, headers, payload });
  const key = signingKey(wanted.secret, scope);
  const signature = signatureOf(key, stringToSign(moment, scope, canonical));
  const names = headers.map(([name]) => name).join(';');
  const authorization = `${ALGORITHM} Credential=${wanted.accessKey}/${scopeText(scope)}, SignedHeaders=${names}, Signature=${signature}`;
  return {
    method: wanted.method,
    target: targetOf(wanted),
    headers: { ...sent, authorization },
    body: wanted.body,
    signature,
    key,
  };
}

/** By the query, as an address that holds for some seconds. */
export function signQuery(wanted: Wanted, host: string, expires: string = '60'): Signed {
  const moment = momentOf(wanted.at);
  const scope = { day: moment.slice(0, 8), region: wanted.region };
  const sent = { host, ...wanted.headers };
  const headers = Object.entries(sent).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const query = [
    ...wanted.query,
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Credential', `${wanted.accessKey}/${scopeText(scope)}`],
    ['X-Amz-Date', moment],
    ['X-Amz-Expires', expires],
    ['X-Amz-SignedHeaders', headers.map(([name]) => name).join(';')],
  ] as const;
  const payload = wanted.payload ?? 'UNSIGNED-PAYLOAD';
  const canonical = canonicalRequest({ ...wanted, path: DOOR + wanted.path, query, headers, payload });
  const signature = signatureOf(signingKey(wanted.secret, scope), stringToSign(moment, scope, canonical));
  const target = targetOf({ ...wanted, query: [...query, ['X-Amz-Signature', signature]] });
  return { method: wanted.method, target, headers: sent, body: wanted.body };
}

function targetOf({ path, query }: Pick<Wanted, 'path' | 'query'>): string {
  const text = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return DOOR + path.split('/').map(encode).join('/') + (text === '' ? '' : `?${text}`);
}

/** Sends it as it is: nobody tidies up paths or headers on the way. */
export async function sendSigned(origin: string, { method, target, headers, body }: Signed): Promise<Heard> {
  const { hostname, port } = new URL(origin);
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = requestHttp({ hostname, port, method, path: target, headers: { ...length, ...headers } }, resolve);
  sent.on('error', reject);
  sent.end(body);
  const response = await promise;
  const text = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode ?? 0, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? '', text };
}
