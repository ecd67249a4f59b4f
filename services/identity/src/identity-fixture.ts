import {
  createServiceApp,
  IDENTITY_HEADER,
  identityKey,
  signIdentity,
  type AuthSettings,
  type Caller,
  type JobQueue,
  type Project,
  type ProjectKeys,
  type Projects,
  type Refusal,
  type Service,
} from '@ashlar/service';
import { createOutbound } from '@ashlar/outbound';
import type { Observation } from '@ashlar/telemetry';
import { createTestProject, type TestProject, testProjectSettings } from '@ashlar/testing';
import { decodeJwt, exportJWK, generateKeyPair, jwtVerify, SignJWT, type JWK } from 'jose';
import { identityContract } from './contract.ts';
import type { HashingOptions } from './adapters/native-password-hasher.ts';
import { createIdentity } from './create-identity.ts';
import type { SettingsSection } from './domain/settings.ts';

const IDENTITY_SECRET = 'the secret between a gateway and its services';
export const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';
export const PUBLIC_URL = 'http://127.0.0.1:8000/p/shop';
export const API_VERSION = { 'x-supabase-api-version': '2024-01-01' };
/** Enough to be a real argon2id hash, little enough for hundreds of them. */
const QUICK_HASHING = { memoryKib: 64, passes: 1, concurrency: 2 };

/** What `protection` is in tests of something else. */
export const NOTHING_LIMITED: Readonly<Record<string, null>> = {
  signUpsPerHour: null,
  signInsPerHour: null,
  refreshesPerHour: null,
  verificationsPerHour: null,
  anonymousPerHour: null,
  messageRequestsPerHour: null,
  mailsPerHour: null,
  smsPerHour: null,
};

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  readonly url: string;
  /** An object goes as JSON, a text as it is. */
  readonly body?: object | string;
  /** What stands after `Bearer`. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the client; 203.0.113.7 unless told. */
  readonly address?: string;
  /** What the door found wrong with the caller, instead of judging the token. */
  readonly refusal?: Refusal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Parsed JSON, read by the tests as loosely as by a client. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface IdentityFixture extends AsyncDisposable {
  readonly project: TestProject;
  /** The same as the service knows it. */
  readonly served: Project;
  readonly keys: ProjectKeys;
  readonly observed: Observation[];
  /** What the service takes for the time; tests move it on. */
  readonly clock: { now: Date };
  readonly serviceToken: string;
  readonly anonToken: string;
  ask(ask: Ask): Promise<Answer>;
  /** Signs a user up and returns the answer's body. */
  signUp(email: string, password?: string): Promise<Answer['body']>;
  /** Stores a section of the settings, as an administrator would; it is in force when this returns. */
  configure(section: SettingsSection, value: object): Promise<void>;
  listen(): Promise<string>;
  /** The headers a door would add for this bearer. */
  doorHeaders(token: string | undefined, refusal?: Refusal, address?: string): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export interface FixtureOptions {
  readonly auth?: Partial<AuthSettings>;
  /** Sections of `auth.settings`; without `protection` nothing is limited, so that tests may ask at will. */
  readonly settings?: Readonly<Record<string, object>>;
  readonly hashing?: Partial<HashingOptions>;
  /** ES256 instead of HS256. */
  readonly asymmetric?: boolean;
  /** Whether mails can be sent as on a developer's machine; they stay in `auth.outbox`. Default true. */
  readonly dev?: boolean;
  /** Where messages are left, when they shall leave the outbox. */
  readonly jobs?: JobQueue;
  /** The service itself, for tests that do its jobs. */
  readonly onCreate?: (service: Service) => void;
}

/** The real service on a real database, behind the door's own signed identity. */
export async function createIdentityFixture(options: FixtureOptions = {}): Promise<IdentityFixture> {
  const testProject = await createTestProject({ owners: [identityContract.schema].filter((owner) => owner !== null) });
  for (const [section, value] of Object.entries({ protection: NOTHING_LIMITED, ...options.settings })) {
    const literal = JSON.stringify(value).replaceAll("'", "''");
    await testProject.sql(`insert into auth.settings (section, value) values ('${section}', '${literal}')`);
  }
  const keys = await makeKeys(options.asymmetric ?? false);
  let project: Project = {
    ref: testProject.ref,
    version: 1,
    keys,
    database: testProject.database,
    settings: testProjectSettings(options.auth === undefined ? {} : { auth: options.auth }),
  };
  const observed: Observation[] = [];
  const clock = { now: new Date() };
  // Issuers of tests live on this machine.
  const outbound = createOutbound({ allow: ['loopback'], observe: (observation) => observed.push(observation) });
  const projects: Projects = { peek: () => project, wake: async () => project };
  const service = createIdentity({
    observe: (observation) => observed.push(observation),
    outbound,
    clock: () => clock.now,
    hashing: options.hashing ?? QUICK_HASHING,
    dev: options.dev ?? true,
    ...(options.jobs === undefined ? {} : { messaging: { jobs: options.jobs, projects } }),
  });
  options.onCreate?.(service);
  const {
    app,
    close: closeApp,
    listen,
  } = createServiceApp({
    service,
    projects,
    identitySecret: IDENTITY_SECRET,
    observe: () => undefined,
  });
  const door = identityKey(IDENTITY_SECRET);

  const doorHeaders: IdentityFixture['doorHeaders'] = async (token, refusal, address = '203.0.113.7') => {
    const resolved = refusal === undefined ? await resolveCaller(token, keys) : { caller: ANONYMOUS, refusal };
    const identity = {
      ...resolved,
      ref: project.ref,
      requestId: 'request-1',
      publicUrl: PUBLIC_URL,
      clientAddress: address,
    };
    return { [IDENTITY_HEADER]: signIdentity(door, identityContract.name, identity, Date.now()) };
  };
  const ask: IdentityFixture['ask'] = async ({ method = 'POST', url, body, token, headers, refusal, address }) => {
    const response = await app.inject({
      method,
      url: `/auth/v1${url}`,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(await doorHeaders(token, refusal, address)),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const parsed: unknown = response.body === '' ? null : JSON.parse(response.body);
    return { status: response.statusCode, headers: response.headers, body: parsed };
  };
  const close = async (): Promise<void> => {
    await closeApp();
    await service.close();
    await outbound.close();
    await testProject.close();
  };
  return {
    project: testProject,
    served: project,
    keys,
    observed,
    clock,
    serviceToken: keys.serviceRoleKey,
    anonToken: keys.anonKey,
    ask,
    async signUp(email, password = 'secret1') {
      return (await ask({ url: '/signup', body: { email, password } })).body;
    },
    async configure(section, value) {
      await testProject.sql(
        `insert into auth.settings (section, value) values ($1, $2) on conflict (section) do update set value = excluded.value`,
        [section, JSON.stringify(value)],
      );
      // Another version of the project: nothing that was known of it counts any more.
      project = { ...project, version: project.version + 1 };
    },
    listen: () => listen({ host: '127.0.0.1', port: 0 }),
    doorHeaders,
    close,
    [Symbol.asyncDispose]: close,
  };
}

const ANONYMOUS: Caller = { role: 'anon', claims: {}, claimsJson: '{"role":"anon"}', via: 'none' };

async function makeKeys(asymmetric: boolean): Promise<ProjectKeys> {
  const keyOf = (role: string): Promise<string> =>
    new SignJWT({ role, iss: 'supabase' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime('10y')
      .sign(new TextEncoder().encode(JWT_SECRET));
  const signingKey = asymmetric ? await makeSigningKey() : null;
  return {
    jwtSecret: JWT_SECRET,
    anonKey: await keyOf('anon'),
    serviceRoleKey: await keyOf('service_role'),
    publishableKeys: [],
    secretKeys: [],
    signingKey,
    verifyKeys: signingKey === null ? [] : [signingKey],
  };
}

async function makeSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'key-1' };
}

/** As much of the door as these tests need: a bearer that verifies is the caller, another is refused. */
async function resolveCaller(
  token: string | undefined,
  keys: ProjectKeys,
): Promise<{ readonly caller: Caller; readonly refusal: Refusal | null }> {
  if (token === undefined) return { caller: ANONYMOUS, refusal: null };
  try {
    const claims = keys.signingKey !== null && isAsymmetric(token) ? decodeJwt(token) : await verifyHs256(token);
    const role = typeof claims.role === 'string' ? claims.role : 'anon';
    const caller: Caller = { role, claims, claimsJson: JSON.stringify({ ...claims, role }), via: 'token' };
    return { caller, refusal: null };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error && error.code === 'ERR_JWT_EXPIRED';
    const refusal: Refusal = reason
      ? { reason: 'token-expired', message: 'JWT expired' }
      : { reason: 'token-unverifiable', message: 'No suitable key or wrong key type' };
    return { caller: ANONYMOUS, refusal };
  }
}

function isAsymmetric(token: string): boolean {
  return Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').includes('ES256');
}

async function verifyHs256(token: string): Promise<Readonly<Record<string, unknown>>> {
  return (await jwtVerify(token, new TextEncoder().encode(JWT_SECRET))).payload;
}
