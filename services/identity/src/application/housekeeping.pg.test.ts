import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createIdentityFixture, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture({ settings: { protection: { auditRetentionDays: 30 } } });
});
afterAll(() => identity.close());

const count = async (table: string): Promise<number> => {
  const [row] = await identity.project.sql<{ rows: number }>(`select count(*)::int as rows from auth.${table}`);
  return row?.rows ?? -1;
};

test('what has had its time is gone with the next request an hour later, and nothing else', async () => {
  await identity.signUp('a@example.org');
  await identity.signUp('b@example.org');
  await identity.project.sql(`
    insert into auth.flow_state (id, provider_type, authentication_method, updated_at)
      values (gen_random_uuid(), 'email', 'magiclink', now() - interval '1 hour'),
             (gen_random_uuid(), 'email', 'magiclink', now() + interval '1 hour');
    update auth.sessions set created_at = now() - interval '9 days' where user_id = (select id from auth.users where email = 'a@example.org');
    insert into auth.audit_log_entries (payload, created_at) values ('{"action": "old"}', now() - interval '31 days')`);
  identity.clock.now = new Date(identity.clock.now.getTime() + 3_600_001);
  await identity.ask({ method: 'GET', url: '/settings' });
  await vi.waitFor(
    async () => {
      expect([await count('flow_state'), await count('sessions'), await count('audit_log_entries')]).toEqual([1, 1, 2]);
    },
    { timeout: 30_000 },
  );
});

test('a failing round is reported and keeps nobody from being served', async () => {
  await identity.project.sql('alter table auth.flow_state rename to hidden');
  identity.clock.now = new Date(identity.clock.now.getTime() + 3_600_001);
  expect((await identity.ask({ method: 'GET', url: '/settings' })).status).toBe(200);
  await vi.waitFor(
    () => expect(identity.observed).toContainEqual(expect.objectContaining({ kind: 'identity.unswept' })),
    { timeout: 30_000 },
  );
  await identity.project.sql('alter table auth.hidden rename to flow_state');
});
