import { timingSafeEqual } from 'node:crypto';
import type { Caller, Project } from '@ashlar/service';
import type { FastifyRequest } from 'fastify';
import { readAccessKeySecret } from '../application/access-keys.ts';
import { type Claimed, QUERY_SIGNATURE, readAuthorization, readFormAuthorization } from './read-authorization.ts';
import { utf8 } from './utf8.ts';
import { s3Errors } from './s3-errors.ts';
import type { S3Target } from './s3-target.ts';
import { canonicalRequest, signatureOf, signingKey, type SigningScope, stringToSign } from './signature-v4.ts';

/** Judges session tokens exactly as the door of the instance judges bearers. */
export interface TokenVerifier {
  ready(project: Project): Promise<void>;
  verify(
    project: Project,
    token: string,
    nowSeconds: number,
  ): { readonly caller: Caller; readonly refusal: { readonly message: string } | null };
}

export interface AuthenticationParts {
  readonly tokens: TokenVerifier;
  readonly now: () => Date;
  /** Regions a signature may name. */
  readonly regions: readonly string[];
}

/** Who signed a request, and what the signatures of its body's chunks go on from. */
export interface Authentication {
  readonly caller: Caller;
  readonly payload: string;
  readonly isPresigned: boolean;
  readonly seed: SignatureSeed;
}

export interface SignatureSeed {
  readonly key: Buffer;
  readonly moment: string;
  readonly scope: SigningScope;
  readonly signature: string;
}

/** As S3 has it. */
const MAX_SKEW_MS = 900_000;

const SERVICE: Caller = {
  role: 'service_role',
  claims: { role: 'service_role' },
  claimsJson: '{"role":"service_role"}',
  via: 'secret-key',
};

/**
 * The caller whose secret signed exactly this request: method, path, query, headers, and what stands for the body.
 *
 * @throws {AshlarError} `s3.*`; the first thing that is wrong, and nothing of what would be right.
 */
export async function authenticate(
  request: FastifyRequest,
  target: S3Target,
  parts: AuthenticationParts,
): Promise<Authentication> {
  const claimed = readAuthorization(request.headers, target);
  checkTime(claimed, parts.now());
  checkRegion(claimed, parts.regions);
  checkSignedHeaders(request, claimed);
  const { project } = request.ashlar;
  const secrets = await secretsOf(project, claimed);
  const key = secrets
    .map((secret) => signingKey(secret, claimed.scope))
    .find((candidate) => isSignedWith(candidate, request, target, claimed));
  if (key === undefined) throw s3Errors.signatureMismatch();
  const { moment, scope, signature, payload, expiresSeconds } = claimed;
  return {
    caller: await callerOf(project, claimed, parts),
    payload,
    isPresigned: expiresSeconds !== null,
    seed: { key, moment, scope, signature },
  };
}

/**
 * The caller whose secret signed the policy of a form, which is the text that came with it.
 *
 * @throws {AshlarError} `s3.*`.
 */
export async function authenticatePolicy(
  project: Project,
  fields: ReadonlyMap<string, string>,
  parts: AuthenticationParts,
): Promise<Authentication> {
  const claimed = readFormAuthorization(fields);
  const { at, moment, scope, signature, payload } = claimed;
  if (at.getTime() > parts.now().getTime() + MAX_SKEW_MS) throw s3Errors.timeSkewed();
  if (!parts.regions.includes(scope.region)) throw s3Errors.malformedPolicy({ detail: 'the region is wrong' });
  const given = Buffer.from(signature, 'hex');
  const policy = fields.get('policy') ?? '';
  const key = (await secretsOf(project, claimed))
    .map((secret) => signingKey(secret, scope))
    .find((candidate) => timingSafeEqual(Buffer.from(signatureOf(candidate, policy), 'hex'), given));
  if (key === undefined) throw s3Errors.signatureMismatch();
  const caller = await callerOf(project, claimed, parts);
  return { caller, payload, isPresigned: false, seed: { key, moment, scope, signature } };
}

function checkTime({ at, expiresSeconds }: Claimed, now: Date): void {
  const ageMs = now.getTime() - at.getTime();
  if (ageMs < -MAX_SKEW_MS) throw s3Errors.timeSkewed();
  if (expiresSeconds === null) {
    if (ageMs > MAX_SKEW_MS) throw s3Errors.timeSkewed();
  } else if (ageMs > expiresSeconds * 1000) {
    throw s3Errors.expired();
  }
}

function checkRegion({ scope, expiresSeconds }: Claimed, regions: readonly string[]): void {
  if (regions.includes(scope.region)) return;
  const detail = `the region "${scope.region}" is wrong; expecting "${regions[0]}"`;
  throw expiresSeconds === null ? s3Errors.malformedHeader({ detail }) : s3Errors.malformedQuery({ detail });
}

/** Whatever S3 acts upon must be signed, or somebody between could add it. */
function checkSignedHeaders({ headers }: FastifyRequest, { signedHeaders }: Claimed): void {
  for (const name of Object.keys(headers)) {
    if (name.startsWith('x-amz-') && !signedHeaders.includes(name)) throw s3Errors.headerNotSigned({ name });
  }
}

/** Without a session the key is one of the project's own; with one, secret is what every application of it knows. */
async function secretsOf(project: Project, { accessKey, sessionToken }: Claimed): Promise<readonly string[]> {
  if (accessKey === project.ref) {
    if (sessionToken === null) throw s3Errors.accessKeyUnknown();
    return [project.keys.anonKey, ...project.keys.publishableKeys].filter((key) => key !== '');
  }
  const secret = await readAccessKeySecret(project, accessKey);
  if (secret === null) throw s3Errors.accessKeyUnknown();
  if (sessionToken !== null) throw s3Errors.invalidToken({ detail: 'an access key takes none' });
  return [secret];
}

function isSignedWith(key: Buffer, request: FastifyRequest, target: S3Target, claimed: Claimed): boolean {
  const given = Buffer.from(claimed.signature, 'hex');
  const query = target.query.filter(([name]) => claimed.expiresSeconds === null || name !== QUERY_SIGNATURE);
  return target.addresses.some(({ host, path }) => {
    const headers = claimed.signedHeaders.map((name) => [name, headerText(request, name, host)] as const);
    const canonical = canonicalRequest({ method: request.method, path, query, headers, payload: claimed.payload });
    const text = stringToSign(claimed.moment, claimed.scope, canonical);
    return timingSafeEqual(Buffer.from(signatureOf(key, text), 'hex'), given);
  });
}

/** Every value of the name as it came, blanks folded. */
function headerText({ raw: { rawHeaders } }: FastifyRequest, name: string, host: string): string {
  if (name === 'host') return host;
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === name) values.push(utf8(rawHeaders[at + 1] ?? ''));
  }
  return values.map((value) => value.trim().replaceAll(/ +/g, ' ')).join(',');
}

async function callerOf(
  project: Project,
  { sessionToken }: Claimed,
  { tokens, now }: AuthenticationParts,
): Promise<Caller> {
  if (sessionToken === null) return SERVICE;
  await tokens.ready(project);
  const { caller, refusal } = tokens.verify(project, sessionToken, now().getTime() / 1000);
  if (refusal !== null) throw s3Errors.invalidToken({ detail: refusal.message });
  return caller;
}
