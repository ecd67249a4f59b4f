import { generateKeyPairSync } from 'node:crypto';
import { importSPKI, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import type { ProviderSettings } from '../../domain/settings.ts';
import { clientSecretOf } from './client-secret.ts';
import { openIdProviders } from './openid-providers.ts';
import { personOf } from './openid-person.ts';
import * as openid from 'openid-client';

const config = new openid.Configuration({ issuer: 'https://issuer.example' }, 'client');

function person(key: string, claims: Record<string, unknown>, posted: string | null = null) {
  const definition = openIdProviders[key];
  if (definition === undefined) throw new Error(`no provider ${key}`);
  return personOf({ iss: 'https://issuer.example', sub: 's', email: 'a@x.org', ...claims }, definition, config, posted);
}

test.each([
  ['google', { email_verified: true }, true],
  ['google', { email_verified: 'true' }, true],
  ['google', { email_verified: false }, false],
  ['google', {}, false],
  ['apple', { email_verified: 'true' }, true],
  ['azure', { email_verified: true }, false],
  ['azure', { xms_edov: true }, true],
  ['azure', { xms_edov: '1' }, true],
  ['azure', { xms_edov: 'no' }, false],
  ['keycloak', { email_verified: true }, true],
  ['linkedin_oidc', { email_verified: 'false' }, false],
])('%s with %j has proven its address: %s', (key, claims, verified) => {
  expect(person(key, claims)?.email).toEqual({ address: 'a@x.org', verified });
});

test('Apple posts a name once, which counts as far as a form field goes', () => {
  const posted = '{"name":{"firstName":"Ada","lastName":"L"},"email":"victim@x.org"}';
  expect(person('apple', { email_verified: true, is_private_email: true }, posted)).toMatchObject({
    email: { address: 'a@x.org', verified: true },
    data: { full_name: 'Ada L', email: 'a@x.org', custom_claims: { is_private_email: true } },
  });
  for (const nonsense of ['', '{', 'null', '[]', '"x"', '{"name":7}']) {
    expect(person('apple', {}, nonsense)?.data).not.toHaveProperty('name');
  }
});

test.each([
  [{ sub: undefined }],
  [{ sub: '' }],
  [{ sub: 'x'.repeat(256) }],
  [{ sub: 'a\0b' }],
  [{ sub: '\uD800' }],
  [{ sub: {} }],
])('claims with %j name nobody', (claims) => {
  expect(person('google', claims)).toBeNull();
});

test('what cannot be stored or is too long is cut, and what is no address is none', () => {
  const profile = person('google', { name: `A\0da${'x'.repeat(5000)}`, picture: {}, email: 'no address' });
  expect(profile?.email).toBeNull();
  expect(String(profile?.data['name']).length).toBeLessThanOrEqual(2048);
  expect(profile?.data['name']).toMatch(/^Ada/);
  expect(profile?.data).not.toHaveProperty('picture');
});

test('the secret for Apple is signed for the moment with the key of the team', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const settings: ProviderSettings = {
    enabled: true,
    clientId: 'org.example.web',
    additionalClientIds: [],
    clientSecret: 'written down',
    issuer: null,
    scopes: [],
    emailOptional: false,
    skipNonceCheck: false,
    extra: { teamId: 'TEAM', keyId: 'KEY', privateKey: key },
  };
  const secret = await clientSecretOf('apple', settings);
  const spki = await importSPKI(publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'ES256');
  const { payload, protectedHeader } = await jwtVerify(secret, spki, { audience: 'https://appleid.apple.com' });
  expect(payload).toMatchObject({ iss: 'TEAM', sub: 'org.example.web' });
  expect(Number(payload.exp) - Number(payload.iat)).toBe(300);
  expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'KEY' });
  expect(await clientSecretOf('apple', { ...settings, extra: {} })).toBe('written down');
  expect(await clientSecretOf('google', settings)).toBe('written down');
});
