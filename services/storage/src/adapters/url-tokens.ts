import { createHmac, createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import type { Project } from '@ashlar/service';
import { errors, jwtVerify } from 'jose';
import { storageErrors } from '../domain/storage-errors.ts';

/** What a signed address allows: one thing, with one object. */
export type UrlGrant =
  | { readonly scope: 'download'; readonly url: string }
  | { readonly scope: 'render'; readonly url: string; readonly transformations: Readonly<Record<string, unknown>> }
  | { readonly scope: 'upload'; readonly url: string; readonly owner: string | null; readonly upsert: boolean };

const MAX_TOKEN_CHARACTERS = 8_192;
const ALGORITHM = 'HS256';

const HEADER = base64url(JSON.stringify({ alg: ALGORITHM, typ: 'JWT' }));

interface KnownKey {
  readonly ref: string;
  readonly jwtSecret: string;
  readonly key: KeyObject;
}

const known = new WeakMap<Project['keys'], KnownKey>();

/**
 * Signed addresses have a key of their own, made of the project's secret: a session's token opens no file and a
 * signed address opens no session, whatever claims one could get into either.
 */
function keyOf({ ref, keys }: Project): KeyObject {
  const { jwtSecret } = keys;
  const found = known.get(keys);
  if (found?.ref === ref && found.jwtSecret === jwtSecret) return found.key;
  const key = createSecretKey(createHmac('sha256', jwtSecret).update(`ashlar storage address ${ref}`).digest());
  known.set(keys, { ref, jwtSecret, key });
  return key;
}

/** @param expiresIn Seconds from now. */
export function signAddress(project: Project, grant: UrlGrant, expiresIn: number, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000);
  const claims = { ...grant, iat, exp: iat + expiresIn, jti: randomUUID() };
  // Signed here and now: a way through another thread takes longer than the signature.
  const signed = `${HEADER}.${base64url(JSON.stringify(claims))}`;
  return `${signed}.${createHmac('sha256', keyOf(project)).update(signed).digest('base64url')}`;
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/**
 * @param url The object the address is used for: `bucket/name`.
 * @throws {AshlarError} `storage.invalid_jwt` for a token that is none of ours or expired, `storage.invalid_signature`
 *   for one made for something else.
 */
export async function readAddress<Scope extends UrlGrant['scope']>(
  project: Project,
  token: unknown,
  scope: Scope,
  url: string,
  now: Date,
): Promise<Extract<UrlGrant, { scope: Scope }>> {
  if (typeof token !== 'string' || token === '' || token.length > MAX_TOKEN_CHARACTERS) {
    throw storageErrors.invalidJwt({ detail: 'jwt malformed' });
  }
  const claims = await verify(project, token, now);
  if (claims.scope !== scope || claims.url !== url) {
    throw scope === 'upload' ? storageErrors.invalidUploadSignature() : storageErrors.invalidSignature();
  }
  // Nobody but `signAddress` has the key, and it takes nothing but a grant.
  return claims as unknown as Extract<UrlGrant, { scope: Scope }>;
}

async function verify(project: Project, token: string, now: Date): Promise<Readonly<Record<string, unknown>>> {
  try {
    const options = { algorithms: [ALGORITHM], currentDate: now, requiredClaims: ['exp', 'iat'] };
    return (await jwtVerify(token, keyOf(project), options)).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw storageErrors.invalidJwt({ detail: wordsOf(error) }, { cause: error });
    throw error;
  }
}

function wordsOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return '"exp" claim timestamp check failed';
  return error instanceof errors.JWSSignatureVerificationFailed ? 'signature verification failed' : 'jwt malformed';
}
