import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Caller,
  closeApp,
  createApp,
  createServiceApp,
  DEFAULT_HTTP_LIMITS,
  IDENTITY_HEADER,
  identityKey,
  mountService,
  type Project,
  type Refusal,
  signIdentity,
  type StorageSettings,
} from '@ashlar/service';
import { continueTrace, type Observation } from '@ashlar/telemetry';
import { createTestProject, type TestProject, testProjectSettings } from '@ashlar/testing';
import { createFolderFileStore } from './adapters/folder-file-store.ts';
import type { FileStore } from './application/file-store.ts';
import { storageContract } from './contract.ts';
import { createStorage } from './create-storage.ts';
import type { TokenVerifier } from './s3/authenticate.ts';

const IDENTITY_SECRET = 'the secret between a gateway and its services';
export const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';

export const ANON_KEY = 'the key every application of the project knows';

/** Who asks: `service`, `anon`, or a user by subject. */
export type As = 'service' | 'anon' | { readonly sub: string };

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  readonly url: string;
  readonly as?: As;
  /** An object goes as JSON, text and bytes as they are. */
  readonly body?: object | string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly refusal?: Refusal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** Parsed JSON, read by the tests as loosely as by a client; undefined for what is none. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface StorageFixture extends AsyncDisposable {
  readonly test: TestProject;
  readonly project: Project;
  readonly files: FileStore;
  readonly folder: string;
  readonly observed: Observation[];
  readonly clock: { now: Date };
  ask(ask: Ask): Promise<Answer>;
  /** Makes a bucket as service_role. */
  bucket(id: string, rules?: object): Promise<void>;
  /** Puts a text file as service_role. */
  put(path: string, content?: string, headers?: Readonly<Record<string, string>>): Promise<void>;
  /** As when the project's settings are changed: requests from now on come with them. */
  settings(changes: Partial<StorageSettings>): void;
  /** Statements as the project's own administrator. */
  asOwner(sql: string): Promise<void>;
  listen(): Promise<string>;
  /** Listens to whoever comes, all of them unknown to the door: clients of S3 sign for themselves. */
  listenOpen(): Promise<string>;
  doorHeaders(as: As): Record<string, string>;
}

export interface FixtureOptions {
  /** Where the bytes are; by default the folder. */
  readonly files?: FileStore;
  readonly fileSizeLimitBytes?: number;
}

/** The real service on a real database and folder, behind the door's own signed identity. */
export async function createStorageFixture(options: FixtureOptions = {}): Promise<StorageFixture> {
  const test = await createTestProject({ owners: [storageContract.schema].filter((owner) => owner !== null) });
  // What policies ask about a caller comes with the accounts, which are another service's.
  await test.sql(`
    create schema auth; grant usage on schema auth to public;
    create function auth.uid() returns uuid language sql stable
      as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;`);
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-storage-'));
  let project: Project = {
    ref: test.ref,
    version: 1,
    keys: {
      jwtSecret: JWT_SECRET,
      anonKey: ANON_KEY,
      serviceRoleKey: '',
      publishableKeys: [],
      secretKeys: [],
      signingKey: null,
      verifyKeys: [],
    },
    database: test.database,
    settings: testProjectSettings(),
  };
  const files = options.files ?? createFolderFileStore(folder);
  const observed: Observation[] = [];
  const clock = { now: new Date() };
  const service = createStorage({
    observe: (observation) => observed.push(observation),
    files,
    filesFolder: folder,
    tokens: fixtureTokens,
    s3Region: 'us-east-1',
    fileSizeLimitBytes: options.fileSizeLimitBytes ?? 50_000_000,
    clock: () => clock.now,
    reclaimsBodies: false,
  });
  const { app, close, listen } = createServiceApp({
    service,
    projects: { peek: () => project, wake: async () => project },
    identitySecret: IDENTITY_SECRET,
    observe: () => undefined,
  });
  const openUrl = { now: 'http://127.0.0.1' };
  const open = createApp({ limits: DEFAULT_HTTP_LIMITS, observe: () => undefined });
  open.decorateRequest('ashlar');
  open.addHook('onRequest', async (request) => {
    const trace = continueTrace(undefined, undefined);
    const client = { refusal: null, requestId: 'request-1', clientAddress: '203.0.113.7' };
    request.ashlar = { project, caller: callerOf('anon'), trace, publicUrl: openUrl.now, ...client };
  });
  mountService(open, service);
  const door = identityKey(IDENTITY_SECRET);

  const doorHeaders = (as: As, refusal: Refusal | null = null): Record<string, string> => {
    const identity = {
      caller: callerOf(as),
      refusal,
      ref: project.ref,
      requestId: 'request-1',
      publicUrl: 'http://127.0.0.1:8000',
      clientAddress: '203.0.113.7',
    };
    return { [IDENTITY_HEADER]: signIdentity(door, storageContract.name, identity, Date.now()) };
  };
  const ask: StorageFixture['ask'] = async ({ method = 'GET', url, as = 'service', body, headers, refusal }) => {
    const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
    const response = await app.inject({
      method,
      url: `/storage/v1${url}`,
      headers: {
        ...(isJson ? { 'content-type': 'application/json' } : {}),
        ...doorHeaders(as, refusal ?? null),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: isJson ? JSON.stringify(body) : body }),
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      bytes: response.rawPayload,
      text: response.body,
      body: parsed(response.body),
    };
  };
  return {
    test,
    get project() {
      return project;
    },
    files,
    folder,
    observed,
    clock,
    ask,
    async bucket(id, rules = {}) {
      expectOk(await ask({ method: 'POST', url: '/bucket', body: { id, name: id, ...rules } }));
    },
    async put(path, content = 'content', headers = {}) {
      const given = { 'content-type': 'text/plain', 'x-upsert': 'true', ...headers };
      expectOk(await ask({ method: 'POST', url: `/object/${path}`, body: content, headers: given }));
    },
    settings(changes) {
      const { settings } = project;
      project = { ...project, settings: { ...settings, storage: { ...settings.storage, ...changes } } };
    },
    async asOwner(sql) {
      await test.sql(`set role postgres; ${sql}; reset role`);
    },
    listen: () => listen({ host: '127.0.0.1', port: 0 }),
    async listenOpen() {
      const url = await open.listen({ host: '127.0.0.1', port: 0 });
      openUrl.now = url;
      return url;
    },
    doorHeaders,
    async [Symbol.asyncDispose]() {
      await Promise.all([close(), closeApp(open, DEFAULT_HTTP_LIMITS)]);
      await service.close();
      await test.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function callerOf(as: As): Caller {
  const claims = typeof as === 'object' ? { role: 'authenticated', ...as } : { role: ROLES[as] };
  return { role: claims.role, claims, claimsJson: JSON.stringify(claims), via: 'token' };
}

/** Session tokens of the S3 protocol by their claims alone: the door's own verifier is the door's to test. */
const fixtureTokens: TokenVerifier = {
  ready: async () => undefined,
  verify(_project, token) {
    const claims = parsed(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    if (!isClaims(claims)) return { caller: callerOf('anon'), refusal: { message: 'JWT malformed' } };
    return { caller: callerOf(claims.role === 'anon' ? 'anon' : { sub: String(claims.sub) }), refusal: null };
  },
};

function isClaims(value: unknown): value is { readonly role: unknown; readonly sub?: unknown } {
  return typeof value === 'object' && value !== null && 'role' in value;
}

const ROLES = { service: 'service_role', anon: 'anon' } as const;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function expectOk({ status, text }: Answer): void {
  if (status !== 200) throw new Error(`${status}: ${text}`);
}
