import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sealingKeys, sealSecrets } from '../domain/sealed-secrets.ts';
import { createIdentityFixture, JWT_SECRET, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;

beforeAll(async () => {
  identity = await createIdentityFixture();
});
afterAll(() => identity.close());

const settings = async (): Promise<{ disable_signup: boolean }> =>
  (await identity.ask({ method: 'GET', url: '/settings' })).body;

test('a change in the database is soon in force, and its end too', async () => {
  expect((await settings()).disable_signup).toBe(false);
  await identity.project.sql(
    `insert into auth.settings (section, value) values ('general', '{"disableSignup": true}')`,
  );
  await vi.waitFor(async () => expect((await settings()).disable_signup).toBe(true), { timeout: 30_000 });
  expect(await identity.ask({ url: '/signup', body: { email: 'a@example.org', password: 'secret1' } })).toMatchObject({
    status: 422,
    body: { error_code: 'signup_disabled' },
  });
  await identity.project.sql('delete from auth.settings');
  await vi.waitFor(async () => expect((await settings()).disable_signup).toBe(false), { timeout: 30_000 });
});

test('settings that cannot be true stop the service instead of being guessed at', async () => {
  await identity.project.sql(`insert into auth.settings (section, value) values ('email', '{"enabled": "maybe"}')`);
  await vi.waitFor(async () => expect((await identity.ask({ method: 'GET', url: '/settings' })).status).toBe(500), {
    timeout: 30_000,
  });
  await identity.project.sql('delete from auth.settings');
  await vi.waitFor(async () => expect((await identity.ask({ method: 'GET', url: '/settings' })).status).toBe(200), {
    timeout: 30_000,
  });
});

test('API roles and the owner read neither settings nor outbox', async () => {
  const sealed = JSON.stringify(sealSecrets(sealingKeys(JWT_SECRET), { smtp: { password: 'hush' } }));
  expect(sealed).not.toContain('hush');
  for (const role of ['anon', 'authenticated', 'service_role', 'postgres']) {
    for (const table of ['settings', 'outbox']) {
      await expect(identity.project.sql(`set role ${role}; select from auth.${table}`)).rejects.toMatchObject({
        code: '42501',
      });
      await identity.project.sql('reset role');
    }
  }
});
