import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { startServer, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServicesApart } from './services-apart.fixture.ts';
import { writeAuthSettings } from './write-auth-settings.fixture.ts';

// The same promises in one process and in several: whoever loses the session is refused everywhere. How soon is a figure,
// which \`npm run bench\` takes: a second of a machine that others work on says nothing.
const PATIENCE = { timeout: 20_000, interval: 20 };
const LOOKS = 3;

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

async function oneProcess(): Promise<RunningServer> {
  const server = await startServer();
  closers.push(() => server.stop());
  return server;
}

async function severalProcesses(): Promise<RunningServer> {
  const apart = await startServicesApart();
  closers.push(async () => apart[Symbol.asyncDispose]());
  return apart.gateway;
}

describe.each([
  ['one process', oneProcess],
  ['several processes', severalProcesses],
])('in %s', (_name, start) => {
  let server: RunningServer;
  let admin: SupabaseClient;
  let people = 0;

  beforeAll(async () => {
    server = await start();
    await server.sql('create table notes (id int primary key); grant select on notes to authenticated');
    admin = clientOf(server.serviceRoleKey);
  }, 60_000);

  const clientOf = (key: string): SupabaseClient =>
    createClient(server.url, key, { auth: { persistSession: false, autoRefreshToken: false } });

  interface Person {
    readonly client: SupabaseClient;
    readonly id: string;
    readonly email: string;
    readonly token: string;
  }

  async function signedUp(): Promise<Person> {
    people += 1;
    const client = clientOf(server.publishableKey);
    const email = `person${people}@example.org`;
    const { data } = await client.auth.signUp({ email, password: 'correct horse battery' });
    return { client, email, id: data.user?.id ?? '', token: data.session?.access_token ?? '' };
  }

  async function signedInAgain({ email, id }: Person): Promise<Person> {
    const client = clientOf(server.publishableKey);
    const { data } = await client.auth.signInWithPassword({ email, password: 'correct horse battery' });
    return { client, email, id, token: data.session?.access_token ?? '' };
  }

  /** Statuses of REST, GraphQL and the account itself. */
  async function surfaces(token: string): Promise<readonly number[]> {
    const headers = { authorization: `Bearer ${token}`, apikey: server.publishableKey };
    const graphql = { method: 'POST', body: '{"query":"{ __typename }"}' };
    const answers = await Promise.all([
      fetch(`${server.url}/rest/v1/notes`, { headers }),
      fetch(`${server.url}/graphql/v1`, { ...graphql, headers: { ...headers, 'content-type': 'application/json' } }),
      fetch(`${server.url}/auth/v1/user`, { headers }),
    ]);
    return answers.map(({ status }) => status);
  }

  const OPEN = [200, 200, 200];
  const SHUT = [401, 401, 403];

  /** Every surface answers so, and goes on doing so: what one process has heard, another may not have yet. */
  async function becomes(token: string, wanted: readonly number[]): Promise<void> {
    await expect.poll(() => surfaces(token), PATIENCE).toEqual(wanted);
    for (let look = 0; look < LOOKS; look += 1) expect(await surfaces(token)).toEqual(wanted);
  }

  test('a ban is seen everywhere, and so is its end', async () => {
    const ada = await signedUp();
    expect(await surfaces(ada.token)).toEqual(OPEN);
    await admin.auth.admin.updateUserById(ada.id, { ban_duration: '24h' });
    await becomes(ada.token, SHUT);
    expect((await ada.client.from('notes').select()).error?.code).toBe('PGRST303');
    expect((await ada.client.auth.getUser()).error?.code).toBe('user_banned');
    await admin.auth.admin.updateUserById(ada.id, { ban_duration: 'none' });
    await becomes(ada.token, OPEN);
  });

  test('a sign-out here ends this session, everywhere ends all', async () => {
    const here = await signedUp();
    const [there, elsewhere] = [await signedInAgain(here), await signedInAgain(here)];
    await here.client.auth.signOut({ scope: 'local' });
    await becomes(here.token, SHUT);
    expect(await surfaces(there.token)).toEqual(OPEN);
    await there.client.auth.signOut({ scope: 'others' });
    await becomes(elsewhere.token, SHUT);
    expect(await surfaces(there.token)).toEqual(OPEN);
    await there.client.auth.signOut({ scope: 'global' });
    await becomes(there.token, SHUT);
  });

  test('a removed user is refused, and the words are the client’s', async () => {
    const ada = await signedUp();
    expect(await surfaces(ada.token)).toEqual(OPEN);
    await admin.auth.admin.deleteUser(ada.id);
    await becomes(ada.token, SHUT);
    expect((await ada.client.auth.getUser()).error?.name).toBe('AuthSessionMissingError');
  });

  test('a changed password ends the other sessions where that is set', async () => {
    const ada = await signedUp();
    const other = await signedInAgain(ada);
    await writeAuthSettings(server, 'password', { endsOtherSessions: true });
    await ada.client.auth.updateUser({ password: 'another horse battery' });
    await becomes(other.token, SHUT);
    expect(await surfaces(ada.token)).toEqual(OPEN);
    await writeAuthSettings(server, 'password', null);
  });

  test('a user lists the own sessions and ends one of them', async () => {
    const ada = await signedUp();
    const other = await signedInAgain(ada);
    const ask = (method: string, path = ''): Promise<Response> =>
      fetch(`${server.url}/auth/v1/user/sessions${path}`, {
        method,
        headers: { authorization: `Bearer ${ada.token}`, apikey: server.publishableKey },
      });
    const { sessions } = (await (await ask('GET')).json()) as { sessions: { id: string; current: boolean }[] };
    expect(sessions).toHaveLength(2);
    const notMine = sessions.find(({ current }) => !current);
    expect((await ask('DELETE', `/${notMine?.id}`)).status).toBe(204);
    expect((await ask('DELETE', `/${notMine?.id}`)).status).toBe(404);
    await becomes(other.token, SHUT);
    expect(await surfaces(ada.token)).toEqual(OPEN);
  });

  test('with one session per user a new sign-in ends the one before', async () => {
    await writeAuthSettings(server, 'sessions', { singlePerUser: true });
    const ada = await signedUp();
    const again = await Promise.all(Array.from({ length: 8 }, () => signedInAgain(ada)));
    await becomes(ada.token, SHUT);
    const [counted] = await server.sql<{ n: number }>(
      'select count(*)::int as n from auth.sessions where user_id = $1',
      [ada.id],
    );
    expect(counted?.n).toBe(1);
    await delay(200);
    const seen = await Promise.all(again.map(({ token }) => surfaces(token)));
    expect(seen.filter(([rest]) => rest === 200)).toHaveLength(1);
    await writeAuthSettings(server, 'sessions', null);
  });
});
