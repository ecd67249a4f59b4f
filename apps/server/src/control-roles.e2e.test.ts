import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { type RunningServer, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, PASSWORD, setUp, signIn } from './control-client.fixture.ts';

// Every operation of the control API with every role, in the organisation and in the project alone, with a token that
// does not reach as far, as somebody without any role, and as nobody. What is expected is written here once more, so
// that a slip in the table of the service is seen.
const ROLES = ['viewer', 'analyst', 'developer', 'admin', 'owner'] as const;
type Role = (typeof ROLES)[number];

interface Row {
  readonly operation: string;
  readonly least: Role;
  readonly scope: string;
  readonly of: 'organisation' | 'project';
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

const NOBODY = randomUUID();
const organisation = (
  operation: string,
  least: Role,
  scope: string,
  method: string,
  path: string,
  body?: unknown,
): Row => ({
  operation,
  least,
  scope,
  of: 'organisation',
  method,
  path: `/organisations/ORG${path}`,
  body,
});
const project = (operation: string, least: Role, scope: string, method: string, path: string, body?: unknown): Row => ({
  operation,
  least,
  scope,
  of: 'project',
  method,
  path: `/projects/subject${path}`,
  body,
});

// Those that end what others work on are last. Most name somebody or something that is not there: who may is told that.
const rows: readonly Row[] = [
  organisation('organisation.read', 'viewer', 'organisations:read', 'GET', ''),
  organisation('organisation.rename', 'admin', 'organisations:write', 'PATCH', '', { name: 'The Shop' }),
  organisation('member.list', 'viewer', 'members:read', 'GET', '/members'),
  organisation('member.change', 'admin', 'members:write', 'PATCH', `/members/${NOBODY}`, { role: 'viewer' }),
  organisation('member.remove', 'admin', 'members:write', 'DELETE', `/members/${NOBODY}`),
  organisation('invitation.list', 'admin', 'members:read', 'GET', '/invitations'),
  organisation('invitation.create', 'admin', 'members:write', 'POST', '/invitations', {
    email: 'guest@example.org',
    role: 'viewer',
  }),
  organisation('invitation.revoke', 'admin', 'members:write', 'DELETE', `/invitations/${NOBODY}`),
  organisation('audit.read', 'admin', 'audit:read', 'GET', '/audit'),
  organisation('project.create', 'admin', 'projects:write', 'POST', '/projects', { ref: 'subject' }),
  project('project.read', 'viewer', 'projects:read', 'GET', ''),
  project('project.rename', 'admin', 'projects:write', 'PATCH', '', { name: 'Subject' }),
  project('project-member.list', 'viewer', 'members:read', 'GET', '/members'),
  project('project-member.change', 'admin', 'members:write', 'PUT', `/members/${NOBODY}`, { role: 'viewer' }),
  project('project-member.remove', 'admin', 'members:write', 'DELETE', `/members/${NOBODY}`),
  project('key.list', 'developer', 'keys:read', 'GET', '/keys'),
  project('key.create', 'admin', 'keys:write', 'POST', '/keys', { kind: 'secret', name: 'matrix' }),
  project('key.rotate', 'admin', 'keys:write', 'POST', `/keys/${NOBODY}/rotate`),
  project('key.revoke', 'admin', 'keys:write', 'DELETE', `/keys/${NOBODY}`),
  project('signing-key.rotate', 'admin', 'keys:write', 'POST', '/signing-key/rotate', {}),
  project('secret.list', 'developer', 'secrets:read', 'GET', '/secrets'),
  project('secret.set', 'developer', 'secrets:write', 'PUT', '/secrets/MATRIX', { value: 'hidden' }),
  project('secret.remove', 'developer', 'secrets:write', 'DELETE', '/secrets/ABSENT'),
  project('settings.read', 'developer', 'settings:read', 'GET', '/settings'),
  project('settings.change', 'admin', 'settings:write', 'PATCH', '/settings', { set: { 'rest.maxRows': 7 } }),
  project('usage.read', 'viewer', 'usage:read', 'GET', '/usage'),
  project('suite.list', 'viewer', 'structure:read', 'GET', '/suites'),
  project('suite.add', 'admin', 'structure:write', 'POST', '/suites', { suite: 'absent' }),
  project('suite.remove', 'admin', 'structure:write', 'DELETE', '/suites/absent'),
  project('suite.purge', 'owner', 'structure:write', 'DELETE', '/suites/absent?with_data=true'),
  project('structure.read', 'viewer', 'structure:read', 'GET', '/meta/structure/schemas?schemas=public'),
  project('structure.preview', 'developer', 'structure:read', 'POST', '/meta/preview', {
    operation: 'create-schema',
    input: { schema: 'matrix' },
  }),
  project('structure.change', 'developer', 'structure:write', 'POST', '/meta/apply', {
    operations: [{ operation: 'drop-table', input: { table: 'absent' } }],
  }),
  project('migration.list', 'developer', 'structure:read', 'GET', '/meta/migrations'),
  project('advice.read', 'viewer', 'structure:read', 'GET', '/advice'),
  project('visibility.explain', 'developer', 'sql:read', 'POST', '/visibility', {
    table: 'absent',
    role: 'anon',
    command: 'select',
    key: { id: 1 },
  }),
  project('sql.query', 'viewer', 'sql:read', 'POST', '/sql', { sql: 'select 1', as: 'reader' }),
  project('sql.run', 'developer', 'sql:write', 'POST', '/sql', { sql: 'select 1', as: 'owner' }),
  project('saved-query.list', 'viewer', 'sql:read', 'GET', '/queries'),
  project('saved-query.save', 'viewer', 'sql:read', 'POST', '/queries', { name: 'Mine', sql: 'select 1' }),
  project('saved-query.share', 'developer', 'sql:write', 'POST', '/queries', {
    name: 'Ours',
    sql: 'select 1',
    shared: true,
  }),
  project('account.read', 'viewer', 'accounts:read', 'GET', '/auth/admin/users'),
  project('account.inspect', 'developer', 'accounts:read', 'GET', `/auth/admin/users/${NOBODY}/sessions`),
  project('account.change', 'admin', 'accounts:write', 'DELETE', `/auth/admin/users/${NOBODY}`),
  project('account.impersonate', 'admin', 'accounts:impersonate', 'POST', `/auth/admin/users/${NOBODY}/impersonate`, {
    reason: 'matrix',
  }),
  project('account-settings.read', 'developer', 'settings:read', 'GET', '/auth/admin/settings/mail'),
  project('account-settings.change', 'admin', 'settings:write', 'PATCH', '/auth/admin/settings/mail', {}),
  project('sql.import', 'developer', 'sql:write', 'POST', '/imports', { name: 'x.csv', size: 1 }),
  project('sql.export', 'viewer', 'sql:read', 'POST', '/exports', { sql: 'select 1', format: 'csv', name: 'x' }),
  project('sql.watch', 'viewer', 'sql:read', 'GET', '/changes?schema=public&table=absent&key=%5B%22id%22%5D'),
  project('table-view.list', 'viewer', 'structure:read', 'GET', '/table-views?schema=public&table=absent'),
  project('table-view.keep', 'viewer', 'structure:read', 'POST', '/table-views', {
    schema: 'public',
    table: 'absent',
    name: 'x',
    definition: {},
  }),
  project('table-view.share', 'developer', 'structure:write', 'POST', '/table-views', {
    schema: 'public',
    table: 'absent',
    name: 'x',
    shared: true,
    definition: {},
  }),
  project('project.clone', 'admin', 'projects:write', 'POST', '/clone', { ref: 'default' }),
  project('project.restore', 'admin', 'projects:write', 'POST', '/restore'),
  project('project.purge', 'owner', 'projects:write', 'POST', '/purge'),
  project('project.pause', 'admin', 'projects:write', 'POST', '/pause'),
  project('project.delete', 'owner', 'projects:write', 'DELETE', ''),
];

let server: RunningServer;
let owner: Awaited<ReturnType<typeof setUp>>;
/** Access tokens: `organisation viewer`, `project viewer`, `stranger`. */
const people = new Map<string, string>();

beforeAll(async () => {
  server = await startServer();
  owner = await setUp(server);
  const made = await ask(server, 'POST', `/organisations/${owner.organisation}/projects`, {
    bearer: owner.bearer,
    body: { ref: 'subject' },
  });
  expect(made.status).toBe(201);
  for (const role of ROLES) {
    await join(`organisation ${role}`, role, null);
    await join(`project ${role}`, role, 'subject');
  }
  // Somebody with an account and an organisation elsewhere is a stranger here.
  const elsewhere = await ask(server, 'POST', '/organisations', { bearer: owner.bearer, body: { name: 'Elsewhere' } });
  await join('stranger', 'owner', null, elsewhere.body.id);
}, 180_000);

afterAll(() => server?.stop());

async function join(who: string, role: Role, ref: string | null, to = owner.organisation): Promise<void> {
  const email = `${who.replace(' ', '-')}@example.org`;
  const invitation = await ask(server, 'POST', `/organisations/${to}/invitations`, {
    bearer: owner.bearer,
    body: { email, role, project_ref: ref },
  });
  const accepted = await ask(server, 'POST', '/invitations/accept', {
    body: { token: invitation.body.token, password: PASSWORD },
  });
  expect(accepted.status).toBe(200);
  people.set(who, await signIn(server, email));
}

/** Whether the gate was passed; what lies behind it may still say that a thing is not there or not so. */
async function attempt({ method, path, body }: Row, bearer: string | undefined): Promise<string> {
  const answer = await ask(server, method, path.replace('ORG', owner.organisation), { bearer, body });
  switch (answer.body?.code) {
    case 'control.unauthenticated':
      return answer.status === 401 ? 'unauthenticated' : `${answer.status}`;
    case 'control.forbidden':
    case 'control.scope_missing':
      return answer.status === 403 ? 'forbidden' : `${answer.status}`;
    case 'control.organisation_unknown':
    case 'control.project_unknown':
      return answer.status === 404 ? 'unknown' : `${answer.status}`;
    default:
      return answer.status < 500 && answer.status !== 400 ? 'allowed' : `${answer.status} ${answer.body?.code}`;
  }
}

const byName = (one: { operation: string }, other: { operation: string }): number =>
  one.operation.localeCompare(other.operation);

test('the table of permissions is the one written here', async () => {
  const { body } = await ask(server, 'GET', '/permissions');
  const wanted = rows.map(({ operation, least, scope }) => ({ operation, least, scope }));
  expect(body.operations.toSorted(byName)).toEqual(wanted.toSorted(byName));
});

test('every operation is open to the roles that may, and to nobody else', { timeout: 120_000 }, async () => {
  const scopes: string[] = (await ask(server, 'GET', '/permissions')).body.scopes;
  // One for each set of scopes: an account has a bounded number of them.
  const tokens = new Map<string, string>();
  const tokenOf = async (held: readonly string[]): Promise<string> => {
    const known = tokens.get(held.join());
    if (known !== undefined) return known;
    const body = { name: 'matrix', scopes: held };
    const { token } = (await ask(server, 'POST', '/tokens', { bearer: owner.bearer, body })).body;
    tokens.set(held.join(), token);
    return token;
  };
  const surprises: string[] = [];
  const expectOutcome = async (row: Row, who: string, bearer: string | undefined, wanted: string): Promise<void> => {
    const found = await attempt(row, bearer);
    if (found !== wanted) surprises.push(`${row.operation} as ${who}: ${found}, wanted ${wanted}`);
  };
  for (const row of rows) {
    await expectOutcome(row, 'nobody', undefined, 'unauthenticated');
    await expectOutcome(row, 'a made-up token', 'ashlar_pat_nonsense', 'unauthenticated');
    await expectOutcome(row, 'the service key', server.serviceRoleKey, 'unauthenticated');
    await expectOutcome(row, 'a stranger', people.get('stranger'), 'unknown');
    await expectOutcome(
      row,
      'a token without the scope',
      await tokenOf(scopes.filter((one) => one !== row.scope)),
      'forbidden',
    );
    for (const role of ROLES) {
      const may = ROLES.indexOf(role) >= ROLES.indexOf(row.least);
      const inProject = row.of === 'organisation' ? 'unknown' : may ? 'allowed' : 'forbidden';
      // A clone is a new project of the organisation, so a role in its source alone is not enough.
      const inProjectWanted = row.operation === 'project.clone' && may ? 'unknown' : inProject;
      await expectOutcome(row, `${role} of the project`, people.get(`project ${role}`), inProjectWanted);
      await expectOutcome(row, role, people.get(`organisation ${role}`), may ? 'allowed' : 'forbidden');
    }
    await expectOutcome(row, 'a token with the scope alone', await tokenOf([row.scope]), 'allowed');
  }
  expect(surprises).toEqual([]);
});

test('nobody gives or changes a role above their own, and the last owner stays', async () => {
  const at = `/organisations/${owner.organisation}`;
  const admin = people.get('organisation admin');
  const members: { account_id: string; email: string }[] = (
    await ask(server, 'GET', `${at}/members`, { bearer: admin })
  ).body;
  const idOf = (email: string): string => members.find((member) => member.email === email)?.account_id ?? '';
  const code = async (bearer: string | undefined, method: string, path: string, body?: unknown): Promise<unknown> =>
    (await ask(server, method, path, { bearer, body })).body?.code;

  const invitation = { email: 'late@example.org', role: 'owner' };
  expect(await code(admin, 'POST', `${at}/invitations`, invitation)).toBe('control.role_too_high');
  const peer = idOf('organisation-owner@example.org');
  expect(await code(admin, 'PATCH', `${at}/members/${peer}`, { role: 'viewer' })).toBe('control.role_too_high');
  expect(await code(admin, 'DELETE', `${at}/members/${peer}`)).toBe('control.role_too_high');
  const own = idOf('organisation-admin@example.org');
  expect(await code(admin, 'PATCH', `${at}/members/${own}`, { role: 'owner' })).toBe('control.role_too_high');

  // Two owners who leave at once: one of them stays.
  const leaving = await Promise.all([
    ask(server, 'DELETE', `${at}/members/${owner.account}`, { bearer: owner.bearer }),
    ask(server, 'DELETE', `${at}/members/${peer}`, { bearer: people.get('organisation owner') }),
  ]);
  expect(leaving.map(({ status }) => status).toSorted((low, high) => low - high)).toEqual([204, 409]);
});

const clientOf = (who: string) =>
  createClient(`${server.url}/p/control`, server.anonKey, {
    auth: { persistSession: false },
    accessToken: async () => people.get(who) ?? '',
    db: { schema: 'control' },
  });

test('the tables of the control plane are read with the ordinary client, as far as one may', async () => {
  const viewer = clientOf('organisation viewer');
  const found = await viewer.from('projects').select('ref').order('ref');
  expect(found.error).toBeNull();
  expect(found.data).toEqual([{ ref: 'default' }, { ref: 'subject' }]);
  expect((await viewer.from('audit').select('seq')).data).toEqual([]);
  expect((await clientOf('organisation admin').from('audit').select('seq').limit(1)).data).toHaveLength(1);
  expect((await clientOf('project viewer').from('projects').select('ref')).data).toEqual([{ ref: 'subject' }]);
  expect((await clientOf('stranger').from('projects').select('ref')).data).toEqual([]);
  expect((await viewer.from('setup_links').select('token_hash')).error?.code).toBe('42501');
  expect((await viewer.from('api_keys').select('digest')).error?.code).toBe('42501');
  expect((await clientOf('organisation owner').from('members').insert({ role: 'owner' })).error?.code).toBe('42501');
});
