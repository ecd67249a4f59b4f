import { hash } from 'node:crypto';
import { BoundedCache } from '@ashlar/kernel';
import type { Caller, Project, ProjectSessions, Refusal, Revoked } from '@ashlar/service';
import { CLOCK_SKEW_SECONDS, timesOf } from '../token/check-claims.ts';
import { type KeyRing, createKeyRing } from '../token/key-ring.ts';
import { parseToken } from '../token/parse-token.ts';
import { type JsonObject, parseStrictObject } from '../token/strict-json.ts';
import { verifyToken } from '../token/verify-token.ts';
import { claimsJson } from './claims-json.ts';
import type { Credentials } from './read-credentials.ts';

/** Who asks; with a refusal, why not, and the caller is anon. */
export interface Resolution {
  readonly caller: Caller;
  readonly refusal: Refusal | null;
}

interface VerifiedToken {
  readonly resolution: Resolution;
  /** Seconds since the epoch. */
  readonly validUntil: number;
  /** Whose end makes it worthless before its time; null where the token names none. */
  readonly sessionId: string | null;
  readonly userId: string | null;
}

/** Tokens of one project at one time; a token not among them costs a signature check again, nothing else. */
const MAX_VERIFIED_TOKENS = 8192;
/** A client stuck with a bad token repeats it; this is for those, not for a flood of different ones. */
const MAX_REFUSED_TOKENS = 256;

/**
 * One project's keys, and the callers they were already resolved to. Made anew when the project's version changes, so
 * that nothing a former key signed stays remembered.
 */
export class ProjectCallers {
  readonly ref: string;
  readonly version: number;
  /** What is known of ended sessions; null where nobody keeps sessions. */
  readonly sessions: ProjectSessions | null;
  readonly #apiRoles: ReadonlySet<string>;
  readonly #requireApiKey: boolean;
  readonly #ring: KeyRing;
  /** By SHA-256 of the key: a lookup by digest takes the same time however much of a guess is right. */
  readonly #byKeyDigest: ReadonlyMap<string, Resolution>;
  readonly #anonymous: Resolution;
  readonly #verified = new BoundedCache<string, VerifiedToken>(MAX_VERIFIED_TOKENS);
  readonly #refused = new BoundedCache<string, Resolution>(MAX_REFUSED_TOKENS);

  constructor(project: Project, apiRoles: ReadonlySet<string>, sessions: ProjectSessions | null) {
    const { keys } = project;
    this.ref = project.ref;
    this.sessions = sessions;
    this.version = project.version;
    this.#apiRoles = apiRoles;
    this.#requireApiKey = project.settings.requireApiKey;
    this.#ring = createKeyRing(keys);
    const anon = opaqueCaller(keys.anonKey, 'anon', 'publishable-key');
    const service = opaqueCaller(keys.serviceRoleKey, 'service_role', 'secret-key');
    this.#byKeyDigest = new Map([
      ...keys.publishableKeys.map((key): [string, Resolution] => [digest(key), { caller: anon, refusal: null }]),
      ...keys.secretKeys.map((key): [string, Resolution] => [digest(key), { caller: service, refusal: null }]),
      ...(keys.issuedKeys ?? []).map((key): [string, Resolution] => {
        const caller = key.kind === 'secret' ? service : anon;
        return [key.digest, { caller: { ...caller, keyId: key.id }, refusal: null }];
      }),
    ]);
    this.#anonymous = { caller: ANONYMOUS, refusal: null };
  }

  /** For requests that are answered alike to everyone. */
  get anonymous(): Resolution {
    return this.#anonymous;
  }

  /** @param nowSeconds Since the epoch. */
  resolve({ key, bearer }: Credentials, nowSeconds: number): Resolution {
    // Clients repeat an opaque key as the bearer when nobody is signed in; it is a key there too.
    const opaqueBearer = bearer?.startsWith('sb_') === true;
    if (bearer !== undefined && !opaqueBearer) return this.#resolveToken(bearer, nowSeconds);
    const given = key ?? bearer;
    if (given === undefined) return this.#requireApiKey ? KEY_MISSING : this.#anonymous;
    if (looksLikeToken(given)) return this.#resolveToken(given, nowSeconds);
    return this.#byKeyDigest.get(digest(given)) ?? KEY_UNKNOWN;
  }

  /**
   * The caller a session cookie proves. An unknown key is refused beside a cookie as it is without one.
   *
   * @param nowSeconds Since the epoch.
   */
  resolveCookie(token: string, key: string | undefined, nowSeconds: number): Resolution {
    if (key !== undefined || this.#requireApiKey) {
      const { refusal } = this.resolve({ key, bearer: undefined }, nowSeconds);
      if (refusal !== null) return refused(refusal);
    }
    const { caller, refusal } = this.#resolveToken(token, nowSeconds);
    return { caller: refusal === null ? { ...caller, via: 'cookie' } : caller, refusal };
  }

  #resolveToken(token: string, nowSeconds: number): Resolution {
    const known = this.#verified.get(token);
    if (known !== undefined) {
      if (nowSeconds <= known.validUntil) return this.#unlessRevoked(known, nowSeconds);
      this.#verified.delete(token);
    }
    return this.#refused.get(token) ?? this.#verify(token, nowSeconds);
  }

  /** Asked every time: a session ends while its tokens are remembered. */
  #unlessRevoked({ sessionId, userId, resolution }: VerifiedToken, nowSeconds: number): Resolution {
    const revoked = this.sessions?.revoked(sessionId, userId, nowSeconds) ?? null;
    return revoked === null ? resolution : REVOKED[revoked];
  }

  #verify(token: string, nowSeconds: number): Resolution {
    const claims = verifyToken(token, this.#ring, nowSeconds);
    if ('reason' in claims) return this.#remember(token, claims);
    const role = Object.hasOwn(claims.value, 'role') ? claims.value['role'] : 'anon';
    if (typeof role !== 'string') {
      return this.#remember(token, { reason: 'token-claims', message: 'Parsing claims failed' });
    }
    if (!this.#apiRoles.has(role)) {
      return this.#remember(token, { reason: 'role-unknown', message: `role "${role}" does not exist`, role });
    }
    const resolution: Resolution = { caller: callerOf(claims, role, 'token'), refusal: null };
    const verified: VerifiedToken = {
      resolution,
      validUntil: timesOf(claims.value).exp + CLOCK_SKEW_SECONDS,
      sessionId: canonicalId(claims.value['session_id']),
      userId: canonicalId(claims.value['sub']),
    };
    this.#verified.set(token, verified);
    return this.#unlessRevoked(verified, nowSeconds);
  }

  #remember(token: string, refusal: Refusal): Resolution {
    const resolution = refused(refusal);
    // A token whose time has not come will be good without changing a letter.
    const final = refusal.reason !== 'token-not-yet-valid' && refusal.reason !== 'token-issued-in-future';
    if (final) this.#refused.set(token, resolution);
    return resolution;
  }
}

const ANONYMOUS: Caller = { role: 'anon', claims: { role: 'anon' }, claimsJson: '{"role":"anon"}', via: 'none' };
const KEY_MISSING = refused({ reason: 'key-missing', message: 'No API key found in request' });
const KEY_UNKNOWN = refused({ reason: 'key-unknown', message: 'Invalid API key' });
const REVOKED: Readonly<Record<Revoked, Resolution>> = {
  'session-revoked': refused({ reason: 'session-revoked', message: 'JWT revoked: its session has ended' }),
  'user-banned': refused({ reason: 'user-banned', message: 'JWT revoked: the user is banned' }),
};

function refused(refusal: Refusal): Resolution {
  return { caller: ANONYMOUS, refusal };
}

/**
 * The caller an opaque key stands for: the claims of the legacy key of its role, so that `auth.jwt()` answers alike
 * for both; the bare role where there is no such key. The key is the project's own, so its signature is not in
 * question, and it may be expired: the opaque key outlives the token whose claims it borrows.
 */
function opaqueCaller(legacyKey: string, role: string, via: Caller['via']): Caller {
  const parsed = parseToken(legacyKey);
  const claims = 'reason' in parsed ? null : parseStrictObject(parsed.payload);
  return callerOf(claims?.value['role'] === role ? claims : { text: '{}', value: {} }, role, via);
}

function callerOf(claims: JsonObject, role: string, via: Caller['via']): Caller {
  return { role, claims: { ...claims.value, role }, claimsJson: claimsJson(claims, role), via };
}

/** PostgreSQL reads ids in any case, and so must the comparison with those that ended. */
function canonicalId(id: unknown): string | null {
  return typeof id === 'string' ? id.toLowerCase() : null;
}

function looksLikeToken(key: string): boolean {
  return key.split('.', 4).length === 3;
}

function digest(key: string): string {
  return hash('sha256', key, 'base64');
}
