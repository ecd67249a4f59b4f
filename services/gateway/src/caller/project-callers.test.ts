import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import {
  ANON_KEY,
  PUBLISHABLE_KEY,
  SECRET_KEY,
  SERVICE_KEY,
  TEST_NOW,
  type TestProjectOptions,
  hsToken,
  testProject,
} from '../project.fixture.ts';
import { CallerResolver } from './caller-resolver.ts';
import type { Resolution } from './project-callers.ts';
import type { Credentials } from './read-credentials.ts';

const user = hsToken({ sub: 'u1', role: 'authenticated', exp: TEST_NOW + 3600 });
const nobody: Credentials = { key: undefined, bearer: undefined };

function resolve(credentials: Partial<Credentials>, options: TestProjectOptions = {}): Resolution {
  return new CallerResolver().of(testProject(options)).resolve({ ...nobody, ...credentials }, TEST_NOW);
}

test.each([
  ['nothing', {}, 'anon', 'none'],
  ['the publishable key', { key: PUBLISHABLE_KEY }, 'anon', 'publishable-key'],
  ['the secret key', { key: SECRET_KEY }, 'service_role', 'secret-key'],
  ['the publishable key twice', { key: PUBLISHABLE_KEY, bearer: PUBLISHABLE_KEY }, 'anon', 'publishable-key'],
  ['an opaque key as bearer only', { bearer: SECRET_KEY }, 'service_role', 'secret-key'],
  ['two different opaque keys', { key: PUBLISHABLE_KEY, bearer: SECRET_KEY }, 'anon', 'publishable-key'],
  ['the legacy anon key', { key: ANON_KEY }, 'anon', 'token'],
  ['the legacy service key', { key: SERVICE_KEY, bearer: SERVICE_KEY }, 'service_role', 'token'],
  ['a user behind a publishable key', { key: PUBLISHABLE_KEY, bearer: user }, 'authenticated', 'token'],
  ['a user behind a secret key', { key: SECRET_KEY, bearer: user }, 'authenticated', 'token'],
  ['a user behind an unknown key', { key: 'sb_secret_nope', bearer: user }, 'authenticated', 'token'],
  ['a user without a key', { bearer: user }, 'authenticated', 'token'],
])('%s is resolved', (_what, credentials, role, via) => {
  expect(resolve(credentials)).toMatchObject({ caller: { role, via }, refusal: null });
});

test.each([
  ['an unknown key', { key: 'sb_publishable_unknown' }, 'key-unknown', 'Invalid API key'],
  ['a key with a letter more', { key: `${SECRET_KEY}x` }, 'key-unknown', 'Invalid API key'],
  ['a word', { key: 'hello' }, 'key-unknown', 'Invalid API key'],
  ['an unknown opaque bearer', { bearer: 'sb_secret_unknown' }, 'key-unknown', 'Invalid API key'],
  ['an empty bearer', { bearer: '' }, 'token-malformed', 'Empty JWT is sent in Authorization header'],
  [
    'a broken bearer beside a good key',
    { key: SECRET_KEY, bearer: 'x' },
    'token-malformed',
    'Expected 3 parts in JWT; got 1',
  ],
  ['a foreign role', { bearer: hsToken({ role: 'postgres' }) }, 'role-unknown', 'role "postgres" does not exist'],
  ['a role of a service', { bearer: hsToken({ role: 'identity' }) }, 'role-unknown', 'role "identity" does not exist'],
  ['a role that is no text', { bearer: hsToken({ role: null }) }, 'token-claims', 'Parsing claims failed'],
])('%s is refused', (_what, credentials, reason, message) => {
  expect(resolve(credentials)).toMatchObject({ caller: { role: 'anon' }, refusal: { reason, message } });
});

test('a project may ask everyone for a key', () => {
  expect(resolve({}, { requireApiKey: true })).toMatchObject({
    refusal: { reason: 'key-missing', message: 'No API key found in request' },
  });
  expect(resolve({ bearer: user }, { requireApiKey: true })).toMatchObject({ refusal: null });
});

test('opaque keys carry the claims of the legacy key of their role', () => {
  expect(resolve({ key: PUBLISHABLE_KEY }).caller.claimsJson).toBe(
    '{"iss":"supabase-demo","role":"anon","exp":1983812996}',
  );
  expect(resolve({ key: SECRET_KEY }, { keys: { serviceRoleKey: '' } }).caller.claimsJson).toBe(
    '{"role":"service_role"}',
  );
});

test('claims reach the database as the issuer wrote them, with the role filled in', () => {
  const exact = '{ "id": 12345678901234567890, "ü": 1.10, "role":"authenticated" }';
  expect(resolve({ bearer: hsToken(exact) }).caller.claimsJson).toBe(exact);
  expect(resolve({ bearer: hsToken('{"sub":"x"}') }).caller).toMatchObject({
    role: 'anon',
    claims: { sub: 'x', role: 'anon' },
    claimsJson: '{"role":"anon","sub":"x"}',
  });
  expect(resolve({ bearer: hsToken('{}') }).caller.claimsJson).toBe('{"role":"anon"}');
});

test('a remembered token still ends with its time', () => {
  const callers = new CallerResolver().of(testProject());
  const token = hsToken({ role: 'authenticated', exp: TEST_NOW + 10 });
  const at = (seconds: number): Resolution => callers.resolve({ ...nobody, bearer: token }, seconds);
  expect(at(TEST_NOW).refusal).toBeNull();
  expect(at(TEST_NOW + 40).refusal).toBeNull();
  expect(at(TEST_NOW + 41).refusal).toMatchObject({ reason: 'token-expired', message: 'JWT expired' });
  expect(at(TEST_NOW + 41).refusal).toMatchObject({ reason: 'token-expired' });
});

test('a token refused for coming too early is accepted once its time has come', () => {
  const callers = new CallerResolver().of(testProject());
  const credentials = { ...nobody, bearer: hsToken({ nbf: TEST_NOW + 100 }) };
  expect(callers.resolve(credentials, TEST_NOW).refusal).toMatchObject({ reason: 'token-not-yet-valid' });
  expect(callers.resolve(credentials, TEST_NOW + 100).refusal).toBeNull();
});

test('changed keys make remembered tokens and keys worthless', () => {
  const resolver = new CallerResolver();
  const before = testProject();
  const after = testProject({
    version: 2,
    keys: { jwtSecret: 'another secret of at least 32 letters', secretKeys: [] },
  });
  const ask = (project: typeof before, credentials: Partial<Credentials>): Resolution =>
    resolver.of(project).resolve({ ...nobody, ...credentials }, TEST_NOW);
  expect(ask(before, { bearer: user }).refusal).toBeNull();
  expect(ask(before, { key: SECRET_KEY }).refusal).toBeNull();
  expect(ask(after, { bearer: user }).refusal).toMatchObject({ reason: 'token-unverifiable' });
  expect(ask(after, { key: SECRET_KEY }).refusal).toMatchObject({ reason: 'key-unknown' });
});

test('a token of one project is nothing in another', () => {
  const resolver = new CallerResolver();
  const other = testProject({
    ref: 'shop',
    keys: { jwtSecret: 'another secret of at least 32 letters', verifyKeys: [] },
  });
  expect(resolver.of(testProject()).resolve({ ...nobody, bearer: user }, TEST_NOW).refusal).toBeNull();
  expect(resolver.of(other).resolve({ ...nobody, bearer: user }, TEST_NOW).refusal).not.toBeNull();
});

test('a remembered token costs 20 microseconds at most', () => {
  const callers = new CallerResolver().of(testProject());
  const tokens = Array.from({ length: 200 }, (_, n) => hsToken({ sub: `u${n}`, pad: 'x'.repeat(600) }));
  const round = (): void => {
    for (const bearer of tokens) callers.resolve({ ...nobody, bearer }, TEST_NOW);
  };
  for (let warmUp = 0; warmUp < 20; warmUp += 1) round();
  const startedAt = performance.now();
  for (let times = 0; times < 50; times += 1) round();
  expect(((performance.now() - startedAt) * 1000) / (50 * tokens.length)).toBeLessThan(20);
});
