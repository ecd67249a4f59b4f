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
  /** What secrets in the database are sealed with; absent = `jwtSecret`. A copy of a project has its source's. */
  readonly sealingSecret?: string | undefined;
  /** Keys beside those above, of which only digests are kept. */
  readonly issuedKeys?: readonly IssuedKey[];
}

/** A key that was shown once. */
export interface IssuedKey {
  readonly id: string;
  readonly kind: 'publishable' | 'secret';
  /** SHA-256 of the key, base64. */
  readonly digest: string;
}

/** What opens the secrets a project's database keeps sealed. */
export function sealingSecretOf({ sealingSecret, jwtSecret }: ProjectKeys): string {
  return sealingSecret ?? jwtSecret;
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
  /** Whether a browser is given GraphiQL where operations are sent. */
  readonly graphiql: boolean;
}

/** How mails leave, for projects that say nothing of it. */
export interface MailDefaults {
  readonly senderName: string;
  readonly senderAddress: string;
  readonly smtp: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly tls: 'implicit' | 'starttls' | 'none';
  } | null;
  /** A provider that speaks Resend's HTTP interface. */
  readonly http: { readonly baseUrl: string; readonly apiKey: string } | null;
}

export interface AuthSettings {
  readonly siteUrl: string;
  readonly redirectAllowList: readonly string[];
  readonly jwtExpirySeconds: number;
  /** A refresh token not used for this long is worth nothing. */
  readonly refreshTokenSeconds: number;
  readonly autoconfirmEmail: boolean;
  /** Who has a password may sign in with an address nobody confirmed; absent: no. */
  readonly unconfirmedSignIn?: boolean;
  readonly disableSignup: boolean;
  readonly anonymousEnabled: boolean;
  readonly emailEnabled: boolean;
  readonly minPasswordLength: number;
  readonly refreshReuseIntervalSeconds: number;
  readonly mail: MailDefaults;
  /** Browsers of the site may keep sessions in cookies. */
  readonly cookieSessions?: boolean;
  /** People may sign in with passkeys of the site. */
  readonly passkeys?: boolean;
}

/** What all files of a project may come to together; null = no bound. */
export interface StorageSettings {
  readonly quotaBytes: number | null;
  readonly quotaObjects: number | null;
}

export interface ProjectSettings {
  /** Hosted behaviour: a request without any key is 401 instead of anon. */
  readonly requireApiKey: boolean;
  readonly rest: RestSettings;
  readonly auth: AuthSettings;
  readonly storage: StorageSettings;
}

/** A project as a service meets it in a request: awake, migrated, with its doors open. */
export interface Project {
  readonly ref: string;
  readonly keys: ProjectKeys;
  /** Changes with keys and settings: caches keyed by it never serve a revoked key. */
  readonly version: number;
  readonly settings: ProjectSettings;
  readonly database: ProjectDatabase;
  /**
   * The key that seals what the project keeps, which the instance wraps with its master key. Asked for when there is
   * something to seal or open: who keeps the master key may be away. Absent where nobody keeps one.
   */
  readonly dataKey?: () => Promise<Buffer>;
}

export interface Projects {
  /** The project if it is awake in this process; never waits. */
  peek(ref: string): Project | undefined;
  /** Wakes it (connect, migrate) if it exists. */
  wake(ref: string): Promise<Project | undefined>;
}

/** The project of the people who administer the instance, in the control database; it answers at `/p/control`. */
export const CONTROL_PROJECT = 'control';

/** The project that answers at the root. */
export const DEFAULT_PROJECT = 'default';
