import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type Answer, PASSWORD, setUp, signIn } from './control-client.fixture.ts';

let server: RunningServer;
let owner: Awaited<ReturnType<typeof setUp>>;

beforeAll(async () => {
  server = await startServer({ environment: { ASHLAR_PINNED_SETTINGS: 'rest.planEnabled' } });
});

afterAll(() => server?.stop());

const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
  ask(server, method, path, { bearer: owner.bearer, body });

const rest = async (ref: string, path: string, key?: string): Promise<Answer> => {
  const response = await fetch(
    `${server.url}/p/${ref}/rest/v1${path}`,
    key === undefined ? {} : { headers: { apikey: key } },
  );
  return { status: response.status, body: await response.json() };
};

test('the first start offers one setup link; it makes one owner and is worth nothing after that', async () => {
  expect((await ask(server, 'GET', '/about')).body).toMatchObject({
    setup_needed: true,
    project_url: `${server.url}/p/control`,
  });
  const input = { token: 'wrong', email: 'eve@example.org', password: PASSWORD, organisation: 'Eve' };
  expect((await ask(server, 'POST', '/setup', { body: input })).body.code).toBe('control.setup_link_wrong');
  await expect(signIn(server, 'eve@example.org')).rejects.toThrow();
  const signUp = await fetch(`${server.url}/p/control/auth/v1/signup`, {
    method: 'POST',
    body: JSON.stringify({ email: 'eve@example.org', password: PASSWORD }),
  });
  expect(signUp.status).toBe(422);

  const former = new URL((await server.ashlar('setup-link')).stdout.trim());
  const page = await fetch(`${server.url}/control/v1/setup${former.search}`);
  expect(await page.text()).toContain(former.searchParams.get('token'));
  // It makes a newer link, and the one above ends.
  owner = await setUp(server);
  const late = { ...input, token: former.searchParams.get('token') };
  expect((await ask(server, 'POST', '/setup', { body: late })).body.code).toBe('control.already_set_up');
  expect((await server.ashlar('setup-link')).stderr).toContain('This instance has an owner');
  const listed = await send('GET', '/projects');
  expect(listed.body).toMatchObject([{ ref: 'default', organisation_id: owner.organisation }]);
});

test('a project is made within three seconds from the template, and answers with keys of its own', async () => {
  // Whoever administers has a template made; it is there when it no longer changes how long this takes.
  await expect
    .poll(async () => (await server.superuserSql(`select from pg_database where datname = 'ashlar_template'`)).length, {
      timeout: 30_000,
    })
    .toBe(1);
  const startedAt = performance.now();
  const made = await send('POST', `/organisations/${owner.organisation}/projects`, { ref: 'shop', name: 'The shop' });
  expect(made).toMatchObject({ status: 201, body: { ref: 'shop', status: 'active', failure: null } });
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  expect((await send('POST', `/organisations/${owner.organisation}/projects`, { ref: 'shop' })).status).toBe(409);
  expect((await send('POST', `/organisations/${owner.organisation}/projects`, { ref: 'control' })).status).toBe(400);
  // What a copy of a database does not bring with it.
  const settingsOf = async (database: string): Promise<number> => {
    const of = `from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = '${database}'`;
    return (await server.superuserSql(`select ${of}`)).length;
  };
  expect(await settingsOf('project_shop')).toBeGreaterThan(0);
  expect(await settingsOf('project_shop')).toBe(await settingsOf('project_default'));
  const [rights] = await server.superuserSql<{ open: boolean }>(
    `select has_database_privilege('public', 'project_shop', 'connect') as open`,
  );
  expect(rights?.open).toBe(false);
});

test('a paused project lets go of its database and says so; restored it has its rows', async () => {
  expect((await server.ashlar('sql', '--project', 'shop', `create table t as select 1 as id`)).code).toBe(0);
  expect((await rest('shop', '/t')).body).toEqual([{ id: 1 }]);
  expect((await send('POST', '/projects/shop/pause')).body.status).toBe('paused');
  const refused = await rest('shop', '/t');
  expect(refused).toMatchObject({ status: 540, body: { message: 'Tried to open project "shop": it is paused' } });
  const connected = await server.superuserSql(`select from pg_stat_activity where datname = 'project_shop'`);
  expect(connected).toHaveLength(0);
  expect((await send('POST', '/projects/shop/pause')).body.code).toBe('control.project_status');
  expect((await send('POST', '/projects/shop/restore')).body.status).toBe('active');
  expect((await rest('shop', '/t')).body).toEqual([{ id: 1 }]);
});

test('a deleted project can be restored until it is purged', async () => {
  const deleted = await send('DELETE', '/projects/shop');
  expect(Date.parse(deleted.body.delete_after) - Date.now()).toBeGreaterThan(6 * 86_400_000);
  expect((await rest('shop', '/t')).status).toBe(540);
  expect((await send('POST', '/projects/shop/restore')).body).toMatchObject({ status: 'active', delete_after: null });
  expect((await rest('shop', '/t')).body).toEqual([{ id: 1 }]);
  expect((await send('POST', '/projects/shop/purge')).body.code).toBe('control.project_status');
  expect((await send('DELETE', '/projects/default')).body.code).toBe('control.default_project_kept');
});

test('a copy of a project has its rows and none of its keys', async () => {
  const clone = await send('POST', '/projects/shop/clone', { ref: 'copy' });
  expect(clone).toMatchObject({ status: 202, body: { status: 'cloning', cloned_from: 'shop' } });
  expect(clone.body.notice).toContain('closed while it is copied');
  await expect.poll(async () => (await send('GET', '/projects/copy')).body.status, { timeout: 30_000 }).toBe('active');
  await expect.poll(async () => (await rest('shop', '/t')).body, { timeout: 10_000 }).toEqual([{ id: 1 }]);
  expect((await rest('copy', '/t')).body).toEqual([{ id: 1 }]);
  const { body: keys } = await send('GET', '/projects/shop/keys');
  expect((await rest('copy', '/t', keys.anon_key)).status).toBe(401);
  await server.ashlar('sql', '--project', 'copy', 'insert into t values (2)');
  expect((await rest('shop', '/t')).body).toEqual([{ id: 1 }]);

  await send('DELETE', '/projects/copy');
  expect((await send('POST', '/projects/copy/purge')).status).toBe(204);
  expect((await send('GET', '/projects/copy')).status).toBe(404);
  expect((await rest('copy', '/t')).status).toBe(404);
});

test('keys are named, shown once, rotated and revoked while the project runs, and their use is noted', async () => {
  await server.ashlar('sql', '--project', 'shop', 'revoke select on t from anon');
  const made = await send('POST', '/projects/shop/keys', { kind: 'secret', name: 'nightly import' });
  expect(made.body.key).toMatch(/^sb_secret_/);
  await expect.poll(async () => (await rest('shop', '/t', made.body.key)).status, { timeout: 30_000 }).toBe(200);
  const rotated = await send('POST', `/projects/shop/keys/${made.body.id}/rotate`);
  expect(rotated.body).toMatchObject({ kind: 'secret', name: 'nightly import' });
  await expect.poll(async () => (await rest('shop', '/t', made.body.key)).status, { timeout: 30_000 }).toBe(401);
  await expect.poll(async () => (await rest('shop', '/t', rotated.body.key)).status, { timeout: 30_000 }).toBe(200);
  const { body } = await send('GET', '/projects/shop/keys');
  expect(JSON.stringify(body.keys)).not.toContain(rotated.body.key);
  const usedAt = async (): Promise<unknown> =>
    (await send('GET', '/projects/shop/keys')).body.keys.find(({ id }: { id: string }) => id === rotated.body.id)
      .last_used_at;
  await expect.poll(usedAt, { timeout: 30_000 }).not.toBeNull();
  expect((await send('DELETE', `/projects/shop/keys/${rotated.body.id}`)).status).toBe(204);
  await expect.poll(async () => (await rest('shop', '/t', rotated.body.key)).status, { timeout: 30_000 }).toBe(401);
});

test('settings change while the project runs, keep their history, and cannot be changed where they are pinned', async () => {
  await server.ashlar('sql', '--project', 'shop', 'grant select on t to anon; insert into t values (2), (3)');
  await expect.poll(async () => (await rest('shop', '/t')).body.length, { timeout: 30_000 }).toBe(3);
  const changed = await send('PATCH', '/projects/shop/settings', { version: 0, set: { 'rest.maxRows': 2 } });
  expect(changed).toMatchObject({ status: 200, body: { version: 1 } });
  await expect.poll(async () => (await rest('shop', '/t')).body.length, { timeout: 30_000 }).toBe(2);

  const refused = async (body: unknown): Promise<unknown> =>
    (await send('PATCH', '/projects/shop/settings', body)).body.code;
  expect(await refused({ version: 0, set: { 'rest.maxRows': 5 } })).toBe('control.settings_changed');
  expect(await refused({ set: { 'rest.maxRows': -1 } })).toBe('control.setting_wrong');
  expect(await refused({ set: { 'auth.siteUrl': 'http://x' } })).toBe('control.setting_unknown');
  expect(await refused({ set: { 'rest.planEnabled': true } })).toBe('control.setting_pinned');
  expect(await refused({ reset: ['__proto__.x'] })).toBe('control.setting_unknown');
  const { body } = await send('GET', '/projects/shop/settings');
  expect(body.settings).toContainEqual({ name: 'rest.planEnabled', value: false, source: 'pinned' });
  expect(body.settings).toContainEqual({ name: 'rest.maxRows', value: 2, source: 'project' });

  await send('PATCH', '/projects/shop/settings', { reset: ['rest.maxRows'] });
  await expect.poll(async () => (await rest('shop', '/t')).body.length, { timeout: 30_000 }).toBe(3);
  const history = await send('GET', '/projects/shop/settings/history');
  expect(history.body.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
});

test('a quota among the settings of a project bounds its files', async () => {
  const { body: made } = await send('POST', '/projects/shop/keys', { kind: 'secret', name: 'files' });
  const apikey: string = made.key;
  const files = async (path: string, body: string, type = 'text/plain'): Promise<Record<string, unknown>> => {
    const headers = { apikey, 'content-type': type, 'x-upsert': 'true' };
    const answer = await fetch(`${server.url}/p/shop/storage/v1${path}`, { method: 'POST', body, headers });
    return (await answer.json()) as Record<string, unknown>;
  };
  // The process hears of a new key a moment later.
  await expect.poll(() => files('/bucket', '{"name":"b"}', 'application/json')).toEqual({ name: 'b' });
  const changed = await send('PATCH', '/projects/shop/settings', { set: { 'storage.quotaBytes': 10 } });
  expect(changed.body.settings).toContainEqual({ name: 'storage.quotaBytes', value: 10, source: 'project' });
  const refused = await send('PATCH', '/projects/shop/settings', { set: { 'storage.quotaBytes': -1 } });
  expect(refused.body.code).toBe('control.setting_wrong');
  await expect.poll(() => files('/object/b/a', 'x'.repeat(11))).toMatchObject({ code: 'QuotaExceeded' });
  expect(await files('/object/b/a', 'x'.repeat(10))).toMatchObject({ Key: 'b/a' });
  await send('PATCH', '/projects/shop/settings', { reset: ['storage.quotaBytes'] });
  await expect.poll(() => files('/object/b/a', 'x'.repeat(11))).toMatchObject({ Key: 'b/a' });
});

test('personal tokens do what their scopes say, make no tokens, and end when revoked', async () => {
  const made = await send('POST', '/tokens', { name: 'ci', scopes: ['projects:read'] });
  const bearer: string = made.body.token;
  expect((await ask(server, 'GET', '/projects/shop', { bearer })).status).toBe(200);
  expect((await ask(server, 'POST', '/projects/shop/pause', { bearer })).body.code).toBe('control.scope_missing');
  const more = await ask(server, 'POST', '/tokens', { bearer, body: { name: 'more', scopes: ['keys:write'] } });
  expect(more.body.code).toBe('control.person_needed');
  expect((await send('GET', '/tokens')).body).toMatchObject([{ name: 'ci', last_used_at: expect.any(String) }]);
  expect((await send('DELETE', `/tokens/${made.body.id}`)).status).toBe(204);
  expect((await ask(server, 'GET', '/projects/shop', { bearer })).status).toBe(401);
});

test('secrets are listed by name, never shown, and survive a new master key', async () => {
  expect((await send('PUT', '/projects/shop/secrets/API_KEY', { value: 'very hidden' })).status).toBe(200);
  // What accounts keep sealed is sealed with the same key.
  const { stdout } = await server.ashlar('status', '--project', 'shop', '--output', 'json');
  const { secretKey: key }: { secretKey: string } = JSON.parse(stdout);
  const providers = async (method: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${server.url}/p/shop/auth/v1/admin/settings/providers`, {
      method,
      headers: { apikey: key, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const document: Answer['body'] = await response.json();
    return [response.status, document.value.google];
  };
  const google = { clientId: 'id', clientSecret: 'very hidden' };
  expect(await providers('PATCH', { google })).toMatchObject([200, { clientId: 'id' }]);
  const [stored] = await server.superuserSql<{ value: unknown }>(
    `select value from auth.settings where section = 'providers'`,
    [],
    'project_shop',
  );
  expect(stored).toMatchObject({
    value: { google: { clientSecret: { sealed: expect.stringMatching(/^data-key:/) } } },
  });
  expect((await server.ashlar('secrets', 'rotate')).stdout).toContain('wraps 1 data keys');
  // Read anew, with the key as the new master key wraps it.
  await send('POST', '/projects/shop/pause');
  await send('POST', '/projects/shop/restore');
  expect(await providers('GET')).toMatchObject([200, { clientId: 'id', clientSecret: { set: true } }]);
  expect((await send('PUT', '/projects/shop/secrets/SECOND', { value: 'very hidden too' })).status).toBe(200);
  const { body } = await send('GET', '/projects/shop/secrets');
  expect(body.map(({ name }: { name: string }) => name)).toEqual(['API_KEY', 'SECOND']);
  expect(JSON.stringify(body)).not.toContain('hidden');
});

test('an invitation is for one address, once; a guest of a project sees that project alone', async () => {
  const invite = { email: 'guest@example.org', role: 'viewer', project_ref: 'shop' };
  const invited = await send('POST', `/organisations/${owner.organisation}/invitations`, invite);
  const accept = (bearer?: string): Promise<Answer> =>
    ask(server, 'POST', '/invitations/accept', { bearer, body: { token: invited.body.token, password: PASSWORD } });
  expect((await accept(owner.bearer)).body.code).toBe('control.invitation_address');
  expect((await accept()).status).toBe(200);
  expect((await accept()).body.code).toBe('control.sign_in_first');
  const guest = await signIn(server, 'guest@example.org');
  // Whoever invited has seen the link: it proves nothing about the address.
  const [account] = await server.superuserSql<{ confirmed: boolean }>(
    `select email_confirmed_at is not null as confirmed from auth.users where email = 'guest@example.org'`,
    [],
    'control',
  );
  expect(account).toEqual({ confirmed: false });
  expect((await accept(guest)).status).toBe(200);
  expect((await ask(server, 'GET', '/projects', { bearer: guest })).body).toMatchObject([{ ref: 'shop' }]);
  expect((await ask(server, 'GET', '/organisations', { bearer: guest })).body).toEqual([]);
});

test('an invitation is worth what its maker may give, and takes nothing from who has more by then', async () => {
  const path = `/organisations/${owner.organisation}`;
  const invite = (email: string, role: string, bearer = owner.bearer): Promise<Answer> =>
    ask(server, 'POST', `${path}/invitations`, { bearer, body: { email, role } });
  const accept = (token: string, bearer?: string): Promise<Answer> =>
    ask(server, 'POST', '/invitations/accept', { bearer, body: { token, password: PASSWORD } });
  await accept((await invite('admin@example.org', 'admin')).body.token);
  const admin = await signIn(server, 'admin@example.org');
  const { body: account } = await ask(server, 'GET', '/account', { bearer: admin });
  const later = await invite('accomplice@example.org', 'admin', admin);
  expect((await send('DELETE', `${path}/members/${account.id}`)).status).toBe(204);
  expect((await accept(later.body.token)).body.code).toBe('control.invitation_unknown');
  await expect(signIn(server, 'accomplice@example.org')).rejects.toThrow();

  // The address was nobody's when it was invited, and the owner's when the invitation is accepted.
  const viewer = await invite('new@example.org', 'viewer');
  const move = (from: string, to: string): Promise<unknown> =>
    server.superuserSql('update auth.users set email = $2 where email = $1', [from, to], 'control');
  await move('owner@example.org', 'new@example.org');
  const renamed = await signIn(server, 'new@example.org');
  expect((await accept(viewer.body.token, renamed)).status).toBe(200);
  expect((await ask(server, 'GET', path, { bearer: renamed })).body.role).toBe('owner');
  await move('new@example.org', 'owner@example.org');
});

test('a token of somebody who is banned is worth nothing while the ban lasts', async () => {
  const made = await send('POST', '/tokens', { name: 'of a banned one', scopes: ['projects:read'] });
  const asked = async (): Promise<number> =>
    (await ask(server, 'GET', '/projects/shop', { bearer: made.body.token })).status;
  expect(await asked()).toBe(200);
  const ban = (until: string): Promise<unknown> =>
    server.superuserSql(
      `update auth.users set banned_until = ${until} where email = 'owner@example.org'`,
      [],
      'control',
    );
  await ban(`now() + interval '1 hour'`);
  expect(await asked()).toBe(401);
  await ban('null');
  expect(await asked()).toBe(200);
  owner = { ...owner, bearer: await signIn(server, 'owner@example.org') };
});

test('every administrative act is in the audit log, and the log is exported as lines', async () => {
  const { body } = await send('GET', `/organisations/${owner.organisation}/audit?action=project.pause`);
  // Paused twice: once to see it rest, once to have its keys read anew.
  expect(body).toHaveLength(2);
  expect(body[0]).toMatchObject({
    action: 'project.pause',
    actor_kind: 'account',
    actor_name: 'owner@example.org',
    address: '127.0.0.1',
    project_ref: 'shop',
  });
  const lines = await fetch(`${server.url}/control/v1/organisations/${owner.organisation}/audit`, {
    headers: { authorization: `Bearer ${owner.bearer}`, accept: 'application/x-ndjson' },
  });
  const actions = (await lines.text())
    .trim()
    .split('\n')
    .map((line): string => JSON.parse(line).action);
  expect(actions.at(-1)).toBe('instance.set-up');
  expect(new Set(actions)).toEqual(
    new Set([
      'instance.set-up',
      'project.create',
      'project.pause',
      'project.restore',
      'project.delete',
      'project.clone',
      'project.purge',
      'key.create',
      'key.rotate',
      'key.revoke',
      'settings.change',
      'secret.set',
      'invitation.create',
      'invitation.accept',
      'member.remove',
      'token.create',
      'token.revoke',
    ]),
  );
});

const requestsToData = async (): Promise<number> =>
  (await send('GET', '/projects/shop/usage?unit=hour')).body
    .filter(({ service }: { service: string }) => service === 'data')
    .reduce((sum: number, row: { requests: number }) => sum + row.requests, 0);

test('usage of a project is counted by service and hour', async () => {
  await expect.poll(requestsToData, { timeout: 30_000 }).toBeGreaterThan(10);
});

const SETTING = String.raw`{"set":{"rest.preRequest":"x\u0000"}}`;

test.each([
  ['a body that is no JSON', 'POST', '/organisations', '{', 400],
  ['a member nobody knows', 'POST', '/organisations', '{"name":"x","admin":true}', 400],
  ['a name with a zero character', 'POST', '/organisations', String.raw`{"name":"x\u0000"}`, 400],
  ['a name of more than one line', 'POST', '/organisations', String.raw`{"name":"x\nroot signed in"}`, 400],
  ['half a character', 'POST', '/tokens', String.raw`{"name":"\ud800","scopes":["usage:read"]}`, 400],
  ['a setting with a zero character', 'PATCH', '/projects/shop/settings', SETTING, 400],
  ['an id that is none', 'GET', '/organisations/1', undefined, 400],
  ['a ref that is none', 'GET', '/projects/Shop', undefined, 400],
  ['a path that leads nowhere', 'GET', '/nowhere', undefined, 404],
  ['another project’s address', 'GET', '/../../p/shop/control/v1/projects', undefined, 404],
])('%s is a 4xx with a code', async (_what, method, path, body, status) => {
  const response = await fetch(`${server.url}/control/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${owner.bearer}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ code: expect.any(String), message: expect.any(String) });
});
