import { proofSize } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentityFixture, type IdentityFixture } from './identity-fixture.ts';
import {
  ask,
  type Company,
  foundCompany,
  type Person,
  signUpPerson,
} from './routes/organisations/organisations.fixture.ts';

const ROWS = proofSize('policies', { short: 100_000, full: 1_000_000 });
/** How much longer a page of all rows may take under the policy than without one. */
const MAX_COST = 1.6;

let identity: IdentityFixture;
let north: Company;
let south: Company;

beforeAll(async () => {
  identity = await createIdentityFixture();
  north = await foundCompany(identity, ['auditor', 'member']);
  south = await foundCompany(identity, ['auditor']);
  await identity.project.sql(`
    insert into auth.permissions (key, title) values ('stock.read', 'See stock'), ('stock.adjust', 'Adjust stock');
    create table public.stock (id bigint generated always as identity primary key, org_id uuid not null, branch uuid, quantity int not null);
    insert into public.stock (org_id, branch, quantity)
      select case when n % 2 = 0 then '${north.id}'::uuid else '${south.id}'::uuid end, null, n from generate_series(1, ${ROWS}) n;
    grant select, update on public.stock to authenticated;
    alter table public.stock enable row level security;
    create policy see on public.stock for select to authenticated
      using (org_id = (select auth.org_id()) and (select auth.has_permission('stock.read')));
    create policy adjust on public.stock for update to authenticated
      using (org_id = any ((select auth.org_ids())::uuid[]) and (select auth.has_permission('stock.adjust', '${north.id}')));
    analyze public.stock`);
}, 300_000);
afterAll(() => identity.close());

/** Runs a statement as a user, with the claims a request would carry. */
async function asUser<Row extends Record<string, unknown>>(
  person: Person,
  text: string,
  claims: object = {},
): Promise<Row[]> {
  const json = JSON.stringify({ sub: person.userId, role: 'authenticated', ...claims }).replaceAll("'", "''");
  await identity.project.sql(
    `begin; set local role authenticated; select set_config('request.jwt.claims', '${json}', true)`,
  );
  try {
    return await identity.project.sql<Row>(text);
  } finally {
    await identity.project.sql('rollback');
  }
}

const countFor = async (person: Person, claims?: object): Promise<number> => {
  const [row] = await asUser<{ rows: number }>(person, 'select count(*)::int as rows from public.stock', claims);
  return row?.rows ?? -1;
};

test('members see the rows of their own organisation, by permission, and of no other', async () => {
  expect(await countFor(north.owner)).toBe(ROWS / 2);
  expect(await countFor(north.people('auditor'))).toBe(ROWS / 2);
  expect(await countFor(north.people('member'))).toBe(0);
  expect(await countFor(await signUpPerson(identity, 'stranger'))).toBe(0);
  // A token that names an organisation its holder does not belong to names nothing.
  expect(await countFor(north.owner, { org: { id: south.id, permissions: ['*'] } })).toBe(0);
  expect(await countFor(north.owner, { org: { id: 'nonsense' } })).toBe(0);
});

test('a right that was given or taken counts with the next statement, whatever the token says', async () => {
  const member = north.people('member');
  const memberId = await north.memberId(member);
  const path = `/${north.id}/members/${memberId}/roles`;
  const claims = { org: { id: north.id, permissions: ['*'] } };
  expect(await countFor(member, claims)).toBe(0);
  const { id } = (await ask(identity, north.owner, 'POST', path, { role: 'auditor' })).body;
  expect(await countFor(member)).toBe(ROWS / 2);
  await ask(identity, north.owner, 'DELETE', `${path}/${id}`);
  expect(await countFor(member, claims)).toBe(0);
  await ask(identity, north.owner, 'POST', path, { role: 'auditor' });
  await ask(identity, north.owner, 'PATCH', `/${north.id}/members/${memberId}`, { status: 'disabled' });
  expect(await countFor(member, claims)).toBe(0);
  await ask(identity, north.owner, 'PATCH', `/${north.id}/members/${memberId}`, { status: 'active' });
  await identity.project.sql(
    `update auth.users set banned_until = now() + interval '1 hour' where id = '${member.userId}'`,
  );
  expect(await countFor(member)).toBe(0);
  await identity.project.sql(`update auth.organisations set status = 'suspended' where id = '${south.id}'`);
  expect(await countFor(south.owner)).toBe(0);
  await identity.project.sql(`update auth.organisations set status = 'active' where id = '${south.id}'`);
});

test('scopes are told to policies: everywhere, some places, nowhere', async () => {
  const manager = await signUpPerson(identity, 'manager');
  await identity.ask({
    url: `/organisations/${north.id}/members`,
    token: identity.serviceToken,
    body: { user_id: manager.userId },
  });
  const memberId = await north.memberId(manager);
  expect(await scopeOf(north.owner)).toBeNull();
  expect(await scopeOf(manager)).toEqual([]);
  const { id: branch } = (
    await ask(identity, north.owner, 'POST', `/${north.id}/branches`, { code: 'B', name: { en: 'B' } })
  ).body;
  const grant = { role: 'auditor', scope: { branch: [branch] } };
  await ask(identity, north.owner, 'POST', `/${north.id}/members/${memberId}/roles`, grant);
  expect(await scopeOf(manager)).toEqual([branch]);
});

test('nobody asks for another’s rights or reads the tables behind them', async () => {
  for (const statement of [
    `select auth.organisations_of('${south.owner.userId}')`,
    'select from auth.memberships',
    'select from auth.invitations',
    'select from auth.role_assignments',
  ]) {
    await expect(asUser(north.owner, statement)).rejects.toMatchObject({ code: '42501' });
  }
});

test('a policy asks once per statement and not once per row', async () => {
  const plan = await asUser<{ 'QUERY PLAN': string }>(
    north.owner,
    'explain (analyze, costs off, timing off, summary off) select count(*) from public.stock',
  );
  const text = plan.map((row) => row['QUERY PLAN']).join('\n');
  // Each sub-select of the policy is a plan of its own that ran once, in every worker at most.
  expect(text.match(/InitPlan/g)?.length).toBeGreaterThanOrEqual(2);
  expect(text).not.toContain('SubPlan');

  if (ROWS < 1_000_000) return;
  // One worker for both: whether a plan is spread over two cores is the planner's mood and not the policy's cost.
  await identity.project.sql('set max_parallel_workers_per_gather = 0');
  const times = { policy: [] as number[], plain: [] as number[] };
  for (let round = 0; round < 5; round += 1) {
    const startedAt = performance.now();
    await asUser(north.owner, 'select count(*) from public.stock');
    const between = performance.now();
    await identity.project.sql(`select count(*) from public.stock where org_id = '${north.id}'`);
    times.policy.push(between - startedAt);
    times.plain.push(performance.now() - between);
  }
  process.stderr.write(
    `under the policy ${median(times.policy).toFixed(1)} ms, without ${median(times.plain).toFixed(1)} ms\n`,
  );
  expect(median(times.policy)).toBeLessThan(median(times.plain) * MAX_COST);
});

async function scopeOf(person: Person): Promise<unknown> {
  const [row] = await asUser<{ scope: unknown }>(
    person,
    `select auth.permitted_scope('stock.read', 'branch') as scope`,
  );
  return row?.scope;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
