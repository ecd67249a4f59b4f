import { randomUUID } from 'node:crypto';
import { type RunningServer, startMailReceiver, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, ask, PASSWORD, setUp, signIn } from './control-client.fixture.ts';

// The accounts of a project in the hands of the members of the instance, and what somebody tries who should not.
let server: RunningServer;
let owner: Awaited<ReturnType<typeof setUp>>;
/** Access tokens by role; `elsewhere` owns another organisation with a project of its own. */
const people = new Map<string, string>();

beforeAll(async () => {
  server = await startServer();
  owner = await setUp(server);
  for (const ref of ['shop', 'other']) await makeProject(owner.organisation, ref, owner.bearer);
  for (const role of ['viewer', 'developer', 'admin']) await join(role, owner.organisation, role);
  const { body } = await ask(server, 'POST', '/organisations', { bearer: owner.bearer, body: { name: 'Elsewhere' } });
  await join('elsewhere', body.id, 'owner');
  await makeProject(body.id, 'theirs', as('elsewhere'));
}, 180_000);

afterAll(() => server?.stop());

const as = (who: string): string => people.get(who) ?? '';

async function makeProject(organisation: string, ref: string, bearer: string): Promise<void> {
  const made = await ask(server, 'POST', `/organisations/${organisation}/projects`, { bearer, body: { ref } });
  expect(made.status).toBe(201);
}

async function join(who: string, organisation: string, role: string): Promise<void> {
  const email = `${who}@example.org`;
  const path = `/organisations/${organisation}/invitations`;
  const invited = await ask(server, 'POST', path, { bearer: owner.bearer, body: { email, role } });
  await ask(server, 'POST', '/invitations/accept', { body: { token: invited.body.token, password: PASSWORD } });
  people.set(who, await signIn(server, email));
}

const call = (who: string, method: string, path: string, body?: unknown, ref = 'shop'): Promise<Answer> =>
  ask(server, method, `/projects/${ref}/auth${path}`, { bearer: as(who), body });

async function addUser(email: string): Promise<string> {
  const made = await call('admin', 'POST', '/admin/users', { email, password: PASSWORD, email_confirm: true });
  expect(made.status).toBe(200);
  return made.body.id;
}

function signInAtShop(email: string): Promise<Response> {
  return fetch(`${server.url}/p/shop/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
}

function claimsOf(token: string): Answer['body'] {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

async function auditOf(action: string): Promise<readonly Answer['body'][]> {
  const path = `/organisations/${owner.organisation}/audit?action=${action}`;
  return (await ask(server, 'GET', path, { bearer: owner.bearer })).body;
}

test('an admin makes, finds, bans and removes an account; a developer sees its sessions, a viewer its name', async () => {
  const id = await addUser('zoe@example.org');
  expect((await call('viewer', 'GET', '/admin/users?filter=zoe')).body.users).toMatchObject([{ id }]);
  expect((await signInAtShop('zoe@example.org')).status).toBe(200);
  expect((await call('developer', 'GET', `/admin/users/${id}/sessions`)).body.sessions).toHaveLength(1);
  expect((await call('viewer', 'GET', `/admin/users/${id}/sessions`)).body.code).toBe('control.forbidden');

  expect((await call('developer', 'PUT', `/admin/users/${id}`, { ban_duration: '24h' })).status).toBe(403);
  expect((await call('admin', 'PUT', `/admin/users/${id}`, { ban_duration: '24h' })).status).toBe(200);
  expect((await signInAtShop('zoe@example.org')).status).toBe(400);
  expect((await call('admin', 'DELETE', `/admin/users/${id}`)).status).toBe(200);
  expect((await call('viewer', 'GET', `/admin/users/${id}`)).status).toBe(404);
});

test('the log has who asked for what before it is done, no value of it, and what was refused', async () => {
  const id = await addUser('log@example.org');
  await call('admin', 'PUT', `/admin/users/${id}`, { password: 'a new secret value' });
  await call('admin', 'PUT', `/admin/users/${id}`, { password: 'x' });
  const entries = await auditOf('account.change');
  expect(entries.filter(({ target }) => target === id)).toMatchObject([
    { actor_name: 'admin@example.org', project_ref: 'shop', detail: { members: ['password'] } },
    { actor_name: 'admin@example.org', project_ref: 'shop', detail: { call: 'PUT /admin/users/:id' } },
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/secret value|correct horse/);
  expect(await auditOf('account.change-refused')).toMatchObject([{ target: id, detail: { status: 422 } }]);
});

test('nobody reaches the accounts of another project, of the instance itself, or of no project', async () => {
  for (const ref of ['theirs', 'absent', 'control']) {
    for (const path of ['/admin/users', '/organisations', '/admin/settings/mail']) {
      expect((await call('admin', 'GET', path, undefined, ref)).body.code).toBe('control.project_unknown');
    }
  }
  const id = await addUser('here@example.org');
  expect((await call('elsewhere', 'GET', `/admin/users/${id}`)).body.code).toBe('control.project_unknown');
  expect((await call('elsewhere', 'GET', `/admin/users/${id}`, undefined, 'theirs')).status).toBe(404);
  expect((await ask(server, 'GET', '/projects/shop/auth/admin/users')).status).toBe(401);
  expect(
    (await ask(server, 'GET', '/projects/SHOP%2f..%2fother/auth/admin/users', { bearer: as('admin') })).status,
  ).toBe(400);
});

test('organisations of the project are its own; one of another project or made up is not there', async () => {
  const body = { slug: 'north', name: { en: 'North' } };
  const made = await call('admin', 'POST', '/organisations', body);
  expect(made.status).toBe(201);
  expect((await call('developer', 'POST', '/organisations', { ...body, slug: 'south' })).status).toBe(403);
  expect((await call('viewer', 'GET', `/organisations/${made.body.id}/members`)).body).toEqual({ members: [] });
  for (const [ref, id] of [
    ['other', made.body.id],
    ['shop', randomUUID()],
    ['shop', owner.organisation],
  ]) {
    const user = await addUser(`${randomUUID()}@example.org`);
    expect((await call('viewer', 'GET', `/organisations/${id}`, undefined, ref)).status).toBe(404);
    expect((await call('admin', 'POST', `/organisations/${id}/members`, { user_id: user }, ref)).status).toBe(404);
  }
});

test('ways that would sign in as somebody without a word of it are closed, and so are roles of administrators', async () => {
  const id = await addUser('closed@example.org');
  const link = await call('admin', 'POST', '/admin/generate_link', { type: 'recovery', email: 'closed@example.org' });
  expect(link.status).toBe(404);
  expect((await call('admin', 'PUT', '/admin/settings/hooks', {})).status).toBe(404);
  for (const role of ['service_role', 'supabase_admin']) {
    expect((await call('admin', 'PUT', `/admin/users/${id}`, { role })).body).toMatchObject({
      error_code: 'admin_role_refused',
    });
    const made = await call('admin', 'POST', '/admin/users', { email: `${role}@example.org`, role });
    expect(made.status).toBe(403);
  }
});

test('who acts in a user’s name is an admin, is named, cannot go further with it, and stops at a word', async () => {
  const id = await addUser('mask@example.org');
  const path = `/admin/users/${id}/impersonate`;
  expect((await call('developer', 'POST', path, { reason: 'curious' })).status).toBe(403);
  expect((await call('admin', 'POST', path, { reason: ' ' })).status).toBe(400);
  expect((await call('admin', 'POST', path, { reason: 'ticket 7', minutes: 90 })).status).toBe(400);
  const started = await call('admin', 'POST', path, { reason: 'ticket 7', minutes: 5 });
  expect(started).toMatchObject({ status: 200, body: { expires_in: 300 } });
  const token: string = started.body.access_token;
  expect(claimsOf(token)).toMatchObject({ sub: id, role: 'authenticated', act: { sub: 'admin@example.org' } });
  expect((await auditOf('account.impersonate'))[0]).toMatchObject({
    target: id,
    actor_name: 'admin@example.org',
    detail: { reason: 'ticket 7', minutes: 5 },
  });

  const withIt = (url: string, method = 'GET'): Promise<Response> =>
    fetch(`${server.url}${url}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body: JSON.stringify({ reason: 'further', password: 'taken over now' }) }),
    });
  expect((await withIt('/p/shop/auth/v1/user')).status).toBe(200);
  expect((await withIt('/p/shop/auth/v1/user', 'PUT')).status).toBe(403);
  expect((await withIt(`/p/shop/auth/v1${path}`, 'POST')).status).toBe(403);
  expect((await withIt(`/control/v1/projects/shop/auth${path}`, 'POST')).status).toBe(401);
  const { session_id: session } = claimsOf(token);
  expect((await call('admin', 'DELETE', `/admin/users/${id}/sessions/${String(session)}`)).status).toBe(200);
  await expect.poll(async () => (await withIt('/p/shop/auth/v1/user')).status, { timeout: 10_000 }).toBe(403);
});

test('settings keep secrets to themselves, are in force in the project at once, and mails are seen and tried', async () => {
  const receiver = await startMailReceiver();
  try {
    const google = { clientId: 'id', clientSecret: 'hush-hush' };
    const set = await call('admin', 'PATCH', '/admin/settings/providers', { google });
    expect(set.body.value.google.clientSecret).toEqual({ set: true });
    expect(JSON.stringify((await call('developer', 'GET', '/admin/settings')).body)).not.toContain('hush-hush');
    expect((await call('viewer', 'GET', '/admin/settings')).status).toBe(403);
    const offered = async (): Promise<unknown> =>
      ((await (await fetch(`${server.url}/p/shop/auth/v1/settings`)).json()) as Answer['body']).external.google;
    await expect.poll(offered, { timeout: 10_000 }).toBe(true);

    const smtp = { host: '127.0.0.1', port: receiver.port, tls: 'none' };
    await call('admin', 'PATCH', '/admin/settings/mail', { smtp, senderAddress: 'shop@example.org' });
    const inside = await call('admin', 'POST', '/admin/mail/test', { to: 'ada@example.org' });
    expect(inside).toMatchObject({ status: 422, body: { error_code: 'test_mail_failed' } });
    expect(receiver.received).toHaveLength(0);
    const template = { subject: 'Hi {{ .Email }}', html: '<p>{{ .Token }}</p>' };
    const preview = { kind: 'magic_link', to: 'ada@example.org', template };
    expect((await call('developer', 'POST', '/admin/mail/preview', preview)).body).toMatchObject({
      subject: 'Hi ada@example.org',
      html: '<p>123456</p>',
    });
    const broken = { ...preview, template: { subject: 'x', html: '{{ .Nope }}' } };
    expect((await call('developer', 'POST', '/admin/mail/preview', broken)).status).toBe(400);
    expect((await call('developer', 'POST', '/admin/mail/test', { to: 'ada@example.org' })).status).toBe(403);
  } finally {
    await receiver.close();
  }
});

test('a role that was taken away, and an account that was suspended, end with the next call', async () => {
  await join('passing', owner.organisation, 'admin');
  expect((await call('passing', 'GET', '/admin/users')).status).toBe(200);
  const members = (await ask(server, 'GET', `/organisations/${owner.organisation}/members`, { bearer: owner.bearer }))
    .body;
  const idOf = (email: string): string => members.find((member: Answer['body']) => member.email === email).account_id;
  const passing = `/organisations/${owner.organisation}/members/${idOf('passing@example.org')}`;
  await ask(server, 'PATCH', passing, { bearer: owner.bearer, body: { role: 'viewer' } });
  expect((await call('passing', 'POST', '/admin/users', { email: 'late@example.org' })).status).toBe(403);
  await ask(server, 'DELETE', passing, { bearer: owner.bearer });
  expect((await call('passing', 'GET', '/admin/users')).body.code).toBe('control.project_unknown');

  const ban = `update auth.users set banned_until = now() + interval '1 day' where email = 'developer@example.org'`;
  await server.superuserSql(ban, [], 'control');
  await expect.poll(async () => (await call('developer', 'GET', '/admin/users')).status, { timeout: 10_000 }).toBe(401);
});

test('a second factor is asked for: the password alone administers nothing', async () => {
  await join('careful', owner.organisation, 'admin');
  const factor = `insert into auth.mfa_factors (id, user_id, factor_type, status, secret, created_at, updated_at)
    select gen_random_uuid(), id, 'totp', 'verified', 'x', now(), now() from auth.users where email = 'careful@example.org'`;
  const readable = async (): Promise<readonly number[]> => {
    const tables = [
      'projects?select=ref',
      'accounts',
      'organisations',
      'members',
      'audit',
      'usage',
      'secrets?select=name',
    ];
    const headers = { authorization: `Bearer ${as('careful')}` };
    const answers = tables.map((table) => fetch(`${server.url}/p/control/rest/v1/${table}`, { headers }));
    return Promise.all((await Promise.all(answers)).map(async (answer) => ((await answer.json()) as unknown[]).length));
  };
  expect((await readable()).slice(0, 5).every((count) => count > 0)).toBe(true);
  await server.superuserSql(factor, [], 'control');
  expect((await call('careful', 'GET', '/admin/users')).body.code).toBe('control.factor_due');
  expect((await ask(server, 'GET', '/account', { bearer: as('careful') })).body.code).toBe('control.factor_due');
  expect(await readable()).toEqual([0, 0, 0, 0, 0, 0, 0]);
  // Others, who have none, read on.
  const headers = { authorization: `Bearer ${owner.bearer}` };
  expect(await (await fetch(`${server.url}/p/control/rest/v1/accounts`, { headers })).json()).not.toHaveLength(0);
});
