import type { ProjectDatabase } from '@ashlar/postgres';
import type { JWK } from 'jose';

export interface ProjectKeys {
  /** HS256 secret: signs the legacy keys, and access tokens unless `signingKey` is set. */
  readonly jwtSecret: string;
  /** Legacy keys: JWTs with role anon and service_role. */
  readonly anonKey: string;
  readonly serviceRoleKey: string;
  readonly publishableKeys: readonly string[];
  readonly secretKeys: readonly string[];
  /** Private JWK (ES256 or RS256) that signs access tokens; null = HS256 with `jwtSecret`. */
  readonly signingKey: JWK | null;
  /** Public JWKs tokens are accepted from, the current one included. */
  readonly verifyKeys: readonly JWK[];
}

export interface RestSettings {
  readonly schemas: readonly string[];
  readonly extraSearchPath: readonly string[];
  /** Cap on rows of every node of a read; null = none. */
  readonly maxRows: number | null;
  readonly aggregatesEnabled: boolean;
  readonly planEnabled: boolean;
  readonly transactionEnd: 'commit' | 'commit-allow-override' | 'rollback' | 'rollback-allow-override';
  readonly preRequest: string | null;
  /** Function that answers the root path instead of the description of the API. */
  readonly rootFunction: string | null;
  /** Whether the API describes itself, and if so what the role may use or everything. */
  readonly openApiMode: 'follow-privileges' | 'ignore-privileges' | 'disabled';
  /** Whether that description can be read as a page. */
  readonly referencePage: boolean;
}

export interface AuthSettings {
  readonly siteUrl: string;
  readonly redirectAllowList: readonly string[];
  readonly jwtExpirySeconds: number;
  readonly autoconfirmEmail: boolean;
  readonly disableSignup: boolean;
  readonly anonymousEnabled: boolean;
  readonly emailEnabled: boolean;
  readonly minPasswordLength: number;
  readonly refreshReuseIntervalSeconds: number;
}

export interface ProjectSettings {
  /** Hosted behaviour: a request without any key is 401 instead of anon. */
  readonly requireApiKey: boolean;
  readonly rest: RestSettings;
  readonly auth: AuthSettings;
}

/** A project as a service meets it in a request: awake, migrated, with its doors open. */
export interface Project {
  readonly ref: string;
  readonly keys: ProjectKeys;
  /** Changes with keys and settings: caches keyed by it never serve a revoked key. */
  readonly version: number;
  readonly settings: ProjectSettings;
  readonly database: ProjectDatabase;
}

export interface Projects {
  /** The project if it is awake in this process; never waits. */
  peek(ref: string): Project | undefined;
  /** Wakes it (connect, migrate) if it exists. */
  wake(ref: string): Promise<Project | undefined>;
}

/** The project that answers at the root. */
export const DEFAULT_PROJECT = 'default';
