import { type KeyPairKeyObjectResult, createHmac, generateKeyPairSync } from 'node:crypto';
import type { Project, ProjectKeys, Projects } from '@ashlar/service';
import { testProjectSettings } from '@ashlar/testing';

// A project with real keys and no database behind it: all a door needs to be tested.

export const TEST_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';
/** Seconds since the epoch at which the tests take place. */
export const TEST_NOW = 1_800_000_000;

export type Json = Readonly<Record<string, unknown>>;

export function encodePart(part: string | Json): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

export function signHs256(signed: string, secret: string = TEST_SECRET): string {
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A token over the project's secret. */
export function hsToken(claims: string | Json, header: string | Json = { alg: 'HS256', typ: 'JWT' }): string {
  return signHs256(`${encodePart(header)}.${encodePart(claims)}`);
}

export const ANON_KEY: string = hsToken({ iss: 'supabase-demo', role: 'anon', exp: 1_983_812_996 });
export const SERVICE_KEY: string = hsToken({ iss: 'supabase-demo', role: 'service_role', exp: 1_983_812_996 });
export const PUBLISHABLE_KEY = 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH';
export const SECRET_KEY = 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz';

export const EC_PAIR: KeyPairKeyObjectResult = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const RSA_PAIR: KeyPairKeyObjectResult = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const ED_PAIR: KeyPairKeyObjectResult = generateKeyPairSync('ed25519');

export const TEST_KEYS: ProjectKeys = {
  jwtSecret: TEST_SECRET,
  anonKey: ANON_KEY,
  serviceRoleKey: SERVICE_KEY,
  publishableKeys: [PUBLISHABLE_KEY],
  secretKeys: [SECRET_KEY],
  signingKey: null,
  verifyKeys: [
    { ...EC_PAIR.publicKey.export({ format: 'jwk' }), kid: 'ec-1', alg: 'ES256', use: 'sig' },
    { ...RSA_PAIR.publicKey.export({ format: 'jwk' }), kid: 'rsa-1', alg: 'RS256', use: 'sig' },
    { ...ED_PAIR.publicKey.export({ format: 'jwk' }), kid: 'ed-1', alg: 'EdDSA', use: 'sig' },
  ],
};

export interface TestProjectOptions {
  readonly ref?: string;
  readonly version?: number;
  readonly requireApiKey?: boolean;
  readonly keys?: Partial<ProjectKeys>;
}

function noDatabase(): never {
  throw new Error('This project has no database');
}

function find(projects: readonly Project[], ref: string): Project | undefined {
  return projects.find((project) => project.ref === ref);
}

export function testProject({
  ref = 'default',
  version = 1,
  requireApiKey = false,
  keys,
}: TestProjectOptions = {}): Project {
  return {
    ref,
    version,
    keys: { ...TEST_KEYS, ...keys },
    settings: testProjectSettings({ requireApiKey }),
    database: {
      ref,
      database: `project_${ref}`,
      call: noDatabase,
      stream: noDatabase,
      transaction: noDatabase,
      listen: noDatabase,
      awake: true,
      usedAt: 0,
      onNextUse: () => () => undefined,
      idle: () => Promise.resolve(),
    },
  };
}

/** Projects of which those in `asleep` have to be woken first. */
export function testProjects(awake: readonly Project[], asleep: readonly Project[] = []): Projects {
  return {
    peek: (ref) => find(awake, ref),
    wake: (ref) => Promise.resolve(find(awake, ref) ?? find(asleep, ref)),
  };
}
