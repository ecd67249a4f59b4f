import type { IncomingHttpHeaders } from 'node:http';
import { s3Errors } from './s3-errors.ts';
import type { S3Target } from './s3-target.ts';
import { ALGORITHM, type SigningScope } from './signature-v4.ts';

/** What a request says of its own signature; nothing of it is proven. */
export interface Claimed {
  readonly accessKey: string;
  readonly scope: SigningScope;
  /** `20261121T101112Z`. */
  readonly moment: string;
  readonly at: Date;
  /** Lower case, in order, each once. */
  readonly signedHeaders: readonly string[];
  /** Hex. */
  readonly signature: string;
  readonly sessionToken: string | null;
  /** What stands for the body in the signature. */
  readonly payload: string;
  /** Seconds a signed address holds; null for a signed header. */
  readonly expiresSeconds: number | null;
}

const MEMBER = /^ *(\w+)=([^ ]*) *$/;
const CREDENTIAL = /^([\w.:-]{1,128})\/(\d{8})\/([\w-]{1,32})\/s3\/aws4_request$/;
const SIGNED_HEADERS = /^[\w!#$%&'*+.^`|~-]+(?:;[\w!#$%&'*+.^`|~-]+)*$/;
const SIGNATURE = /^[0-9a-f]{64}$/;
const MOMENT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const MAX_SIGNED_HEADERS = 64;
const MAX_TOKEN_CHARACTERS = 8_192;
/** A week. */
const MAX_EXPIRES_SECONDS = 604_800;

/** Parameters of a signed address. */
export const QUERY_SIGNATURE = 'X-Amz-Signature';
const QUERY_AUTHENTICATION = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  QUERY_SIGNATURE,
];

/** @throws {AshlarError} `s3.*` when nothing is signed, or in no form of Signature Version 4. */
export function readAuthorization(headers: IncomingHttpHeaders, { parameters }: S3Target): Claimed {
  const inQuery = QUERY_AUTHENTICATION.some((name) => parameters.has(name));
  const { authorization } = headers;
  if (authorization !== undefined && inQuery) throw s3Errors.twoAuthentications();
  if (inQuery) return readQuery(headers, parameters);
  if (authorization === undefined) throw s3Errors.missingAuthentication();
  return readHeader(headers, authorization);
}

const malformedHeader = (detail: string): Error => s3Errors.malformedHeader({ detail });
const malformedPolicy = (detail: string): Error => s3Errors.malformedPolicy({ detail });
const malformedQuery = (detail: string): Error => s3Errors.malformedQuery({ detail });

function readHeader(headers: IncomingHttpHeaders, authorization: string): Claimed {
  const [scheme = '', ...rest] = authorization.split(' ');
  if (scheme !== ALGORITHM) throw malformedHeader(`the algorithm is not ${ALGORITHM}`);
  const members = rest.join(' ').split(',');
  const values = new Map(
    members.map((member): readonly [string, string] => {
      const [, name = '', value = ''] = MEMBER.exec(member) ?? [];
      return [name, value];
    }),
  );
  const isWhole = ['Credential', 'SignedHeaders', 'Signature'].every((name) => values.has(name));
  if (!isWhole || members.length !== 3)
    throw malformedHeader('it has Credential, SignedHeaders and Signature, each once');
  const moment = textOf(headers['x-amz-date']);
  if (moment === undefined) throw malformedHeader('the header x-amz-date is missing');
  const payload = textOf(headers['x-amz-content-sha256']);
  if (payload === undefined) throw s3Errors.hashMissing();
  return {
    ...claimOf(
      {
        credential: values.get('Credential') ?? '',
        moment,
        signedHeaders: values.get('SignedHeaders') ?? '',
        signature: values.get('Signature') ?? '',
        token: textOf(headers['x-amz-security-token']),
      },
      malformedHeader,
    ),
    payload,
    expiresSeconds: null,
  };
}

function readQuery(headers: IncomingHttpHeaders, parameters: ReadonlyMap<string, string>): Claimed {
  const missing = QUERY_AUTHENTICATION.find((name) => !parameters.has(name));
  if (missing !== undefined) throw malformedQuery(`${missing} is missing`);
  if (parameters.get('X-Amz-Algorithm') !== ALGORITHM) throw malformedQuery(`X-Amz-Algorithm is not ${ALGORITHM}`);
  const expires = parameters.get('X-Amz-Expires') ?? '';
  const expiresSeconds = /^\d{1,6}$/.test(expires) ? Number(expires) : 0;
  if (expiresSeconds < 1 || expiresSeconds > MAX_EXPIRES_SECONDS) {
    throw malformedQuery(`X-Amz-Expires is not between 1 and ${MAX_EXPIRES_SECONDS}`);
  }
  const payload = parameters.get('X-Amz-Content-Sha256') ?? textOf(headers['x-amz-content-sha256']);
  return {
    ...claimOf(
      {
        credential: parameters.get('X-Amz-Credential') ?? '',
        moment: parameters.get('X-Amz-Date') ?? '',
        signedHeaders: parameters.get('X-Amz-SignedHeaders') ?? '',
        signature: parameters.get(QUERY_SIGNATURE) ?? '',
        token: parameters.get('X-Amz-Security-Token'),
      },
      malformedQuery,
    ),
    payload: payload ?? 'UNSIGNED-PAYLOAD',
    expiresSeconds,
  };
}

/** What a form says of the signature of its policy. @throws {AshlarError} `s3.malformed_policy`. */
export function readFormAuthorization(fields: ReadonlyMap<string, string>): Claimed {
  if (fields.get('x-amz-algorithm') !== ALGORITHM) throw malformedPolicy(`x-amz-algorithm is not ${ALGORITHM}`);
  const raw = {
    credential: fields.get('x-amz-credential') ?? '',
    moment: fields.get('x-amz-date') ?? '',
    // Of the request itself nothing is signed: the policy says where and what.
    signedHeaders: 'host',
    signature: fields.get('x-amz-signature') ?? '',
    token: fields.get('x-amz-security-token'),
  };
  return { ...claimOf(raw, malformedPolicy), payload: 'UNSIGNED-PAYLOAD', expiresSeconds: null };
}

interface RawClaim {
  readonly credential: string;
  readonly moment: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly token: string | undefined;
}

function claimOf(raw: RawClaim, malformed: (detail: string) => Error): Omit<Claimed, 'payload' | 'expiresSeconds'> {
  const [, accessKey = '', day = '', region = ''] = CREDENTIAL.exec(raw.credential) ?? [];
  if (accessKey === '') throw malformed('the credential is not <key>/<yyyymmdd>/<region>/s3/aws4_request');
  const at = dateOf(raw.moment);
  if (at === null) throw malformed('the date is not <yyyymmdd>T<hhmmss>Z');
  if (!raw.moment.startsWith(day)) throw malformed('the date of the credential is another one than the request’s');
  const signedHeaders = SIGNED_HEADERS.test(raw.signedHeaders) ? raw.signedHeaders.split(';') : [];
  const isOrdered = signedHeaders.every((name, index) => index === 0 || name > (signedHeaders[index - 1] ?? ''));
  const isLower = raw.signedHeaders === raw.signedHeaders.toLowerCase();
  if (!isOrdered || !isLower || signedHeaders.length > MAX_SIGNED_HEADERS || !signedHeaders.includes('host')) {
    throw malformed('the signed headers are names in lower case, in order, each once, host among them');
  }
  if (!SIGNATURE.test(raw.signature)) throw malformed('the signature is not 64 hexadecimal digits');
  if (raw.token !== undefined && raw.token.length > MAX_TOKEN_CHARACTERS) throw malformed('the token is too long');
  const sessionToken = raw.token ?? null;
  return {
    accessKey,
    scope: { day, region },
    moment: raw.moment,
    at,
    signedHeaders,
    signature: raw.signature,
    sessionToken,
  };
}

/** Null for what is no moment, the 31st of April included. */
function dateOf(moment: string): Date | null {
  const [, year, month, day, hour, minute, second] = MOMENT.exec(moment) ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at.getTime())) return null;
  return at.toISOString().replaceAll(/[-:]|\.\d+/g, '') === moment ? at : null;
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
