import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentityFixture, type Answer, type Ask, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture();
});
afterAll(() => identity.close());

const admin = (method: NonNullable<Ask['method']>, section: string, body?: object, headers = {}): Promise<Answer> =>
  identity.ask({
    method,
    url: `/admin/settings${section}`,
    token: identity.serviceToken,
    headers,
    ...(body === undefined ? {} : { body }),
  });

test('a provider is added, seen without its secret, changed and removed while the service runs', async () => {
  const google = { clientId: 'id', clientSecret: 'hush hush' };
  const added = await admin('PATCH', '/providers', { google });
  expect(added).toMatchObject({
    status: 200,
    headers: { etag: '"1"' },
    body: { version: 1, updated_by: 'service_role' },
  });
  expect(added.body.value.google).toMatchObject({ clientId: 'id', clientSecret: { set: true }, enabled: true });

  const [row] = await identity.project.sql<{ value: unknown }>(
    `select value from auth.settings where section = 'providers'`,
  );
  expect(JSON.stringify(row)).not.toContain('hush');
  const all = await admin('GET', '');
  expect(JSON.stringify(all.body)).not.toMatch(/hush|sealed/);
  expect(all.body.sections.map(({ section }: { section: string }) => section)).toContain('protection');

  // Sent back as shown, the secret stays; a new one replaces it; null takes the provider away.
  const shown = (await admin('GET', '/providers')).body.overrides;
  await admin('PUT', '/providers', shown);
  const [kept] = await identity.project.sql<{ value: unknown }>(
    `select value from auth.settings where section = 'providers'`,
  );
  expect(kept).toEqual(row);
  expect((await admin('PATCH', '/providers', { google: null })).body.value).toEqual({});
});

test('a change made on an older state is refused, and of many at once each gets a version of its own', async () => {
  const { version } = (await admin('PATCH', '/mfa', { maxFactors: 5 })).body;
  expect(await admin('PATCH', '/mfa', { maxFactors: 6 }, { 'if-match': `"${version - 1}"` })).toMatchObject({
    status: 412,
  });
  const changes = await Promise.all(
    Array.from({ length: 10 }, () => admin('PATCH', '/mfa', { maxFactors: 7 }, { 'if-match': `"${version}"` })),
  );
  expect(changes.filter(({ status }) => status === 200)).toHaveLength(1);
  const history = await identity.project.sql(`select from auth.settings_history where section = 'mfa'`);
  expect(history).toHaveLength(version + 1);
});

test('going back to the defaults forgets what differed and counts on', async () => {
  const before = (await admin('PATCH', '/password', { minLength: 12 })).body;
  const after = (await admin('DELETE', '/password')).body;
  expect(after).toMatchObject({ version: before.version + 1, overrides: {}, value: { minLength: 6 } });
});

test.each([
  ['general', { siteUrl: 'javascript:alert(1)' }, 'siteUrl'],
  ['general', { nonsense: true }, 'nonsense'],
  ['email', { otpLength: 4 }, 'otpLength'],
  ['mail', { senderAddress: 'a@example.org, b@example.org' }, 'is no address'],
  ['mail', { templates: { magic_links: { subject: 'x', html: 'x' } } }, 'there is no such mail'],
  [
    'mail',
    { templates: { 'invite.ar': { subject: 'x', html: '<p>\n{{ .Nope }}' } } },
    'line 2: there is no variable .Nope',
  ],
  ['providers', { 'not a key!': { clientId: 'x' } }, 'not a key!'],
  ['providers', { google: {} }, 'google.clientId'],
  ['protection', { signInsPerHour: -1 }, 'signInsPerHour'],
  ['hooks', { customAccessToken: 'x' }, 'customAccessToken'],
  ['phone', { testCodes: { '+123': '1' } }, 'testCodes'],
])('nonsense in %s is refused by name and changes nothing', async (section, body, named) => {
  const before = (await admin('GET', `/${section}`)).body;
  const refused = await admin('PATCH', `/${section}`, body);
  expect(refused).toMatchObject({ status: 400, body: { error_code: 'validation_failed' } });
  expect(refused.body.msg).toContain(named);
  expect((await admin('GET', `/${section}`)).body).toEqual(before);
});

test('only administrators come near, and sections that are none are not found', async () => {
  const { access_token: token } = await identity.signUp('a@example.org');
  for (const [method, url] of [
    ['GET', '/admin/settings'],
    ['GET', '/admin/settings/mail'],
    ['PUT', '/admin/settings/mail'],
    ['DELETE', '/admin/settings/mail'],
  ] as const) {
    expect((await identity.ask({ method, url, token, body: {} })).status).toBe(403);
    expect((await identity.ask({ method, url, body: {} })).status).toBe(401);
  }
  expect((await admin('GET', '/constructor')).status).toBe(404);
});
