import type { TraceContext } from '@ashlar/telemetry';
import type { Project } from './project.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** Who asks, as the door resolved it. `role` is a database role the project's authenticator may become. */
export interface Caller {
  readonly role: string;
  readonly claims: Claims;
  /** `claims` as JSON text with `role` filled in: what `request.jwt.claims` is set to, made once per token. */
  readonly claimsJson: string;
  /** How the caller proved it. `none`: nothing was sent, so it is anon. */
  readonly via: 'none' | 'publishable-key' | 'secret-key' | 'token' | 'cookie';
  /** Of an issued key that proved it; a key of the key file has none. */
  readonly keyId?: string;
}

/** Why the door could not resolve a caller; each service says it in its own clients' words. */
export interface Refusal {
  readonly reason:
    | 'token-malformed'
    | 'token-unverifiable'
    | 'token-algorithm'
    | 'token-expired'
    | 'token-not-yet-valid'
    | 'token-issued-in-future'
    | 'token-claims'
    | 'role-unknown'
    /** The token's session has ended, though not the token's time. */
    | 'session-revoked'
    | 'user-banned'
    | 'key-unknown'
    | 'key-missing';
  /** The exact PostgREST wording where there is one: `JWT expired`, `Expected 3 parts in JWT; got 2`. */
  readonly message: string;
  /** PostgREST's `details`, where it has some. */
  readonly details?: string;
  /** The role asked for, with `role-unknown`. */
  readonly role?: string;
}

export interface RequestContext {
  readonly project: Project;
  /** With a refusal only services whose contract says `caller: 'optional'` are reached; it is then anon. */
  readonly caller: Caller;
  readonly refusal: Refusal | null;
  readonly requestId: string;
  readonly trace: TraceContext;
  /** Public origin and prefix of the project, no trailing slash: `https://api.example.org/p/shop`. */
  readonly publicUrl: string;
  /** The client's address, believed from trusted proxies only. */
  readonly clientAddress: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    ashlar: RequestContext;
  }
}
