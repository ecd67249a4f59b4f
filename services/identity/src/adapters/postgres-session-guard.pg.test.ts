import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProjectSessions } from '@ashlar/service';
import { testProjectSettings } from '@ashlar/testing';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createIdentityFixture, type IdentityFixture } from '../identity-fixture.ts';
import { createPostgresSessionGuard } from './postgres-session-guard.ts';

let identity: IdentityFixture;
let sessions: ProjectSessions;
beforeAll(async () => {
  identity = await createIdentityFixture();
  sessions = guardOf();
  await sessions.refresh();
});
afterAll(() => identity.close());

function guardOf(): ProjectSessions {
  const { ref, database } = identity.project;
  return createPostgresSessionGuard().of({
    ref,
    database,
    version: 1,
    keys: identity.keys,
    settings: testProjectSettings(),
  });
}

const nowSeconds = (): number => Date.now() / 1000;
const ask = (claims: Claims, guard = sessions): string | null =>
  guard.revoked(claims.session, claims.user, nowSeconds());
const becomes = (claims: Claims, wanted: string | null): Promise<void> =>
  vi.waitFor(() => expect(ask(claims)).toBe(wanted), { timeout: 30_000, interval: 5 });

interface Claims {
  readonly session: string;
  readonly user: string;
  readonly token: string;
  readonly refreshToken: string;
}

async function signedUp(): Promise<Claims> {
  const body = await identity.signUp(`${randomUUID()}@example.com`);
  const { session_id: session, sub: user } = decodeJwt<{ session_id: string }>(body.access_token);
  return { session, user: user ?? '', token: body.access_token, refreshToken: body.refresh_token };
}

test('a session that is in force is let through', async () => {
  expect(ask(await signedUp())).toBeNull();
});

test.each(['local', 'global', 'others'])('sign-out with scope %s reaches the door', async (scope) => {
  const first = await signedUp();
  const { email } = (await identity.ask({ method: 'GET', url: '/user', token: first.token })).body;
  const again = await identity.ask({ url: '/token?grant_type=password', body: { email, password: 'secret1' } });
  const { session_id: session } = decodeJwt<{ session_id: string }>(again.body.access_token);
  const second = { ...first, session };
  await identity.ask({ url: `/logout?scope=${scope}`, token: first.token });
  await becomes(first, scope === 'others' ? null : 'session-revoked');
  await becomes(second, scope === 'local' ? null : 'session-revoked');
});

test('a ban reaches the door and so does its end', async () => {
  const ada = await signedUp();
  const ban = (duration: string): Promise<unknown> =>
    identity.ask({
      method: 'PUT',
      url: `/admin/users/${ada.user}`,
      token: identity.serviceToken,
      body: { ban_duration: duration },
    });
  await ban('24h');
  await becomes(ada, 'user-banned');
  await ban('none');
  await becomes(ada, null);
});

test('a ban written by hand, for ever, counts', async () => {
  const ada = await signedUp();
  await identity.project.sql(`update auth.users set banned_until = 'infinity' where id = $1`, [ada.user]);
  await becomes(ada, 'user-banned');
});

test('a removed user, and one removed softly, lose their tokens', async () => {
  for (const body of [{}, { should_soft_delete: true }]) {
    const ada = await signedUp();
    await identity.ask({ method: 'DELETE', url: `/admin/users/${ada.user}`, token: identity.serviceToken, body });
    await becomes(ada, 'session-revoked');
  }
});

test('the owner of the project ends sessions with plain SQL, all of them with TRUNCATE', async () => {
  const [ada, ibn] = [await signedUp(), await signedUp()];
  await identity.project.database.transaction({ login: 'owner', role: 'postgres' }, async (tx) => {
    await tx.query('delete from auth.sessions where id = $1', [ada.session]);
  });
  await becomes(ada, 'session-revoked');
  expect(ask(ibn)).toBeNull();
  await identity.project.sql('truncate auth.sessions cascade');
  await vi.waitFor(() => expect(sessions.isCurrent).toBe(false), { timeout: 30_000, interval: 5 });
  await sessions.refresh();
  expect(ask(ibn)).toBe('session-revoked');
});

test('what was rolled back was never said', async () => {
  const ada = await signedUp();
  await identity.project.sql('begin; delete from auth.sessions; rollback');
  const later = await signedUp();
  await identity.project.sql('delete from auth.sessions where id = $1', [later.session]);
  await becomes(later, 'session-revoked');
  expect(ask(ada)).toBeNull();
});

test('a thousand sessions that end at once are all known', async () => {
  const ids = Array.from({ length: 1000 }, () => randomUUID());
  const ada = await signedUp();
  await identity.project.sql('insert into auth.sessions (id, user_id) select unnest($1::uuid[]), $2', [ids, ada.user]);
  await identity.project.sql('delete from auth.sessions where user_id = $1', [ada.user]);
  await vi.waitFor(() => expect(sessions.isCurrent).toBe(false), { timeout: 30_000, interval: 5 });
  await sessions.refresh();
  for (const session of ids) expect(ask({ ...ada, session })).toBe('session-revoked');
});

test('a door that comes late knows what happened before', async () => {
  const ada = await signedUp();
  await identity.ask({ url: '/logout', token: ada.token });
  const late = guardOf();
  expect(late.isCurrent).toBe(false);
  await late.refresh();
  expect(ask(ada, late)).toBe('session-revoked');
});

test('a door whose project rested must ask before it answers, and then knows', async () => {
  const ada = await signedUp();
  await identity.project.database.idle();
  expect(sessions.isCurrent).toBe(false);
  await identity.project.sql('delete from auth.sessions where id = $1', [ada.session]);
  await sessions.refresh();
  expect(ask(ada)).toBe('session-revoked');
});

test('a door whose listening connection was cut hears what it missed', async () => {
  const ada = await signedUp();
  const banned = await signedUp();
  await identity.project.sql(`update auth.users set banned_until = 'infinity' where id = $1`, [banned.user]);
  await becomes(banned, 'user-banned');
  await identity.project.sql(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where query ilike 'listen%' and datname = current_database()`);
  await identity.project.sql('delete from auth.sessions where id = $1', [ada.session]);
  await identity.project.sql('update auth.users set banned_until = null where id = $1', [banned.user]);
  await vi.waitFor(
    async () => {
      if (!sessions.isCurrent) await sessions.refresh();
      expect(ask(ada)).toBe('session-revoked');
      expect(ask(banned)).toBeNull();
    },
    { timeout: 5000, interval: 20 },
  );
});

test('no revocation outlives the tokens it is for, and what is over is cleared away', async () => {
  const ada = await signedUp();
  const { exp = 0 } = decodeJwt(ada.token);
  await identity.project.sql('delete from auth.sessions where id = $1', [ada.session]);
  const [row] = await identity.project.sql<{ seconds: number }>(
    `select extract(epoch from expires_at)::float8 as seconds from auth.revocations where id = $1`,
    [ada.session],
  );
  expect(row?.seconds).toBeGreaterThanOrEqual(exp);
  expect(row?.seconds).toBeLessThanOrEqual(exp + 120);
  const old = await signedUp();
  await identity.project.sql(`
    update auth.revocations set expires_at = now() - interval '1 hour' where id = '${ada.session}';
    update auth.sessions set token_expires_at = now() - interval '1 hour' where id = '${old.session}';
    delete from auth.sessions where id = '${old.session}'`);
  const left = await identity.project.sql('select from auth.revocations where id = any($1)', [
    [ada.session, old.session],
  ]);
  expect(left).toEqual([]);
});

test('a session raised to a higher level by other means counts with the longest life', async () => {
  const ada = await signedUp();
  await identity.project.sql(`update auth.sessions set aal = 'aal2' where id = $1`, [ada.session]);
  await identity.project.sql('delete from auth.sessions where id = $1', [ada.session]);
  const [row] = await identity.project.sql<{ long: boolean }>(
    `select expires_at > now() + interval '7 days' as long from auth.revocations where id = $1`,
    [ada.session],
  );
  expect(row?.long).toBe(true);
});

test('settings nobody can read do not close the door', async () => {
  await identity.project.sql(`insert into auth.settings (section, value) values ('sessions', '{"nonsense": 1}')`);
  await vi.waitFor(() => expect(sessions.isCurrent).toBe(false), { timeout: 30_000, interval: 5 });
  await vi.waitFor(
    async () => {
      await sessions.refresh();
      expect(sessions.isCurrent).toBe(true);
    },
    { timeout: 30_000 },
  );
  expect(sessions.cookies).toBeNull();
  await identity.project.sql('delete from auth.settings');
  await delay(50);
});
