import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { auditEntry } from './application/audit-entry.ts';
import { API_VERSION, createIdentityFixture, type Answer, type IdentityFixture } from './identity-fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture({ auth: { refreshTokenSeconds: 604_800 } });
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql('delete from auth.users; delete from auth.settings');
});

function refresh(token: string): Promise<Answer> {
  return identity.ask({ url: '/token?grant_type=refresh_token', body: { refresh_token: token }, headers: API_VERSION });
}

function later(seconds: number): void {
  identity.clock.now = new Date(identity.clock.now.getTime() + seconds * 1000);
}

/** A second setting of the same commit, which everybody may read, tells when it was heard of. */
async function setSessions(value: object): Promise<void> {
  await identity.project.sql(
    `insert into auth.settings (section, value) values ('sessions', $1), ('general', '{"disableSignup": true}')`,
    [JSON.stringify(value)],
  );
  await vi.waitFor(
    async () => {
      const { body } = await identity.ask({ method: 'GET', url: '/settings' });
      expect(body.disable_signup).toBe(true);
    },
    { timeout: 30_000 },
  );
}

async function signUp(): Promise<Answer['body']> {
  await vi.waitFor(
    async () => {
      const { body } = await identity.ask({ method: 'GET', url: '/settings' });
      expect(body.disable_signup).toBe(false);
    },
    { timeout: 30_000 },
  );
  return identity.signUp('ada@example.com');
}

const EXPIRED = 'Invalid Refresh Token: Session Expired';
test.each([
  ['a week without use', {}, 604_799, 2, EXPIRED],
  ['an hour without use', { inactivitySeconds: 3600 }, 3599, 3601, `${EXPIRED} (Inactivity)`],
  ['a day whatever happens', { maxSeconds: 86_400 }, 43_200, 43_201, EXPIRED],
])('a session ends after %s', async (_what, settings, first, second, message) => {
  const { refresh_token: token } = await signUp();
  await setSessions(settings);
  later(first);
  const before = await refresh(token);
  expect(before.status).toBe(200);
  later(second === 2 ? 604_800 : second);
  expect(await refresh(before.body.refresh_token)).toMatchObject({
    status: 400,
    body: { code: 'session_expired', message },
  });
});

test('a refresh leaves the same trail whichever way it took', async () => {
  const { refresh_token: token, user } = await signUp();
  await refresh(token);
  const [row] = await identity.project.sql<{ payload: unknown }>(
    `select payload from auth.audit_log_entries where payload ->> 'action' = 'token_refreshed' and payload ->> 'actor_id' = $1`,
    [user.id],
  );
  const actor = { id: user.id, email: 'ada@example.com', phone: null };
  expect(row?.payload).toEqual(auditEntry('token_refreshed', actor, '', new Date()).payload);
});
