import { createTestProject, proofSize, type TestProject } from '@ashlar/testing';
import * as fc from 'fast-check';
import { DatabaseError } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { explainRow } from './explain-row.ts';
import type { AskedFor } from './explanation.ts';
import { leavesOf } from './split-predicates.ts';
import { owned } from '../meta/owned-database.fixture.ts';

/** Sets of policies; each is asked about by four people for five rows, and twice more. */
const SETS = proofSize('visibility', { short: 8, full: 100 });

const ANNA = '6f1f2a3e-0000-4000-8000-000000000001';
const BADR = '6f1f2a3e-0000-4000-8000-000000000002';

let project: TestProject;

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`
    create schema auth;
    create function auth.uid() returns uuid language sql stable
      as $$ select nullif(current_setting('request.jwt.claims', true)::json ->> 'sub', '')::uuid $$;
    create function auth.jwt() returns jsonb language sql stable
      as $$ select current_setting('request.jwt.claims', true)::jsonb $$;
    grant usage on schema auth to anon, authenticated, service_role;
    set role postgres;
    create table public.memberships (user_id uuid, org text);
    alter table public.memberships enable row level security;
    create policy own on public.memberships using (user_id = auth.uid());
    create table public.notes (id int primary key, owner uuid, org text, grade int, open boolean, note text);
    alter table public.notes enable row level security;
    insert into public.memberships values ('${ANNA}', 'red'), ('${BADR}', 'blue');
    insert into public.notes values
      (1, '${ANNA}', 'red', 1, true, 'a AND b'), (2, '${BADR}', 'red', 5, false, '(a'),
      (3, null, 'blue', null, null, null), (4, '${BADR}', null, 9, true, ''), (5, '${ANNA}', 'blue', 0, false, 'x');
    reset role`);
}, 60_000);

afterAll(() => project.close());

const callers: readonly AskedFor[] = [
  { role: 'anon', claims: {} },
  { role: 'authenticated', claims: { sub: ANNA, org: 'red' } },
  { role: 'authenticated', claims: { sub: BADR } },
  { role: 'service_role', claims: {} },
];

const leaf = fc.constantFrom(
  'owner = auth.uid()',
  '(select auth.uid()) = owner',
  'open',
  'grade > 4',
  'grade is null',
  `org = (auth.jwt() ->> 'org')`,
  `note like 'a AND (%'`,
  'exists (select 1 from public.memberships m where m.org = notes.org)',
  'org in (select m.org from public.memberships m)',
  `(auth.jwt() ->> 'role') = 'anon'`,
  'null::boolean',
  'case when open and grade > 0 then true else owner is null end',
  'grade between 1 and 5 and open',
);
const condition: fc.Arbitrary<string> = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
      .map(([a, word, b]) => `(${a}) ${word} (${b})`),
    tie('condition').map((a) => `not (${a})`),
  ),
})).condition;
const policy = fc.record({
  permissive: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  command: fc.constantFrom('all', 'select', 'insert', 'delete'),
  roles: fc.constantFrom('public', 'anon', 'authenticated', 'anon, authenticated'),
  condition,
});

type Policies = readonly (typeof policy extends fc.Arbitrary<infer Value> ? Value : never)[];

async function write(policies: Policies): Promise<void> {
  const known = await project.sql<{ polname: string }>(
    `select polname from pg_policy where polrelid = 'public.notes'::regclass`,
  );
  await project.sql(
    [
      ...known.map(({ polname }) => `drop policy "${polname}" on public.notes`),
      ...policies.map(({ permissive, command, roles, condition: text }, at) => {
        const clause = command === 'insert' ? `with check (${text})` : `using (${text})`;
        return `create policy p${at} on public.notes as ${permissive ? 'permissive' : 'restrictive'} for ${command} to ${roles} ${clause}`;
      }),
      'select 1',
    ].join(';'),
  );
}

/** As the caller, undone afterwards; `look` runs as superuser again. */
async function asCaller<Result>({ role, claims }: AskedFor, run: () => Promise<Result>): Promise<Result> {
  await project.sql('begin');
  try {
    await project.sql(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify({ ...claims, role })]);
    await project.sql(`set local role ${role}`);
    return await run();
  } finally {
    await project.sql('rollback');
  }
}

async function ids(): Promise<number[]> {
  const rows = await project.sql<{ id: number }>('select id from public.notes order by id');
  return rows.map(({ id }) => id);
}

async function truth(
  caller: AskedFor,
): Promise<{ readonly seen: number[]; readonly kept: number[]; readonly adds: boolean }> {
  const seen = await asCaller(caller, ids);
  // Without a condition that would read columns, policies for reading have no say.
  const kept = await asCaller(caller, async () => {
    await project.sql('delete from public.notes');
    await project.sql('reset role');
    return ids();
  });
  const adds = await asCaller(caller, () =>
    project.sql(`insert into public.notes values (9, '${ANNA}', 'red', 5, true, 'n')`).then(
      () => true,
      (error: unknown) => {
        if (error instanceof DatabaseError && error.code === '42501') return false;
        throw error;
      },
    ),
  );
  return { seen, kept, adds };
}

test('explanations agree with what SQL does, for random policies, rows and people', { timeout: 600_000 }, async () => {
  let compared = 0;
  for (const policies of fc.sample(fc.array(policy, { maxLength: 4 }), { numRuns: SETS, seed: 20261121 })) {
    await write(policies);
    for (const caller of callers) {
      const { seen, kept, adds } = await truth(caller);
      const about = { schema: 'public', table: 'notes', caller } as const;
      for (const id of [1, 2, 3, 4, 5]) {
        const row = { key: { id } };
        const [read, remove] = [
          await explainRow(owned(project), { ...about, row, command: 'select' }),
          await explainRow(owned(project), { ...about, row, command: 'delete' }),
        ];
        const context = JSON.stringify({ policies, caller, id });
        expect(read.allowed, context).toBe(seen.includes(id));
        expect(remove.allowed, context).toBe(!kept.includes(id));
        compared += 2;
      }
      const values = { id: 9, owner: ANNA, org: 'red', grade: 5, open: true, note: 'n' };
      const add = await explainRow(owned(project), { ...about, row: { values }, command: 'insert' });
      expect(add.allowed, JSON.stringify({ policies, caller })).toBe(adds);
      compared += 1;
    }
  }
  expect(compared).toBe(SETS * callers.length * 11);
});

async function ask(caller: AskedFor, id: number, table = 'notes') {
  return explainRow(owned(project), { schema: 'public', table, row: { key: { id } }, command: 'select', caller });
}

test('the deciding policy is named, and each of its conditions with what it comes to', async () => {
  await write([
    {
      permissive: true,
      command: 'select',
      roles: 'authenticated',
      condition: `owner = auth.uid() and (grade > 4 or open)`,
    },
    { permissive: true, command: 'select', roles: 'anon', condition: 'open' },
    { permissive: false, command: 'select', roles: 'public', condition: `org = 'red'` },
  ]);
  const [, anna] = callers;
  const seen = await ask(anna ?? callers[0]!, 1);
  expect(seen).toMatchObject({ allowed: true, because: { reason: 'permitted', policies: ['p0'] } });
  expect(seen.policies[0]?.predicates).toEqual([
    { expression: 'owner = auth.uid()', outcome: 'true' },
    { expression: 'grade > 4', outcome: 'false' },
    { expression: 'open', outcome: 'true' },
  ]);
  expect(leavesOf(seen.policies[0]!.structure)).toHaveLength(3);
  expect(seen.policies[1]).toMatchObject({ name: 'p1', applies: false, outcome: null });
  expect(await ask(anna!, 5)).toMatchObject({ allowed: false, because: { reason: 'restricted', policies: ['p2'] } });
  expect(await ask(anna!, 2)).toMatchObject({ allowed: false, because: { reason: 'none-permits', policies: ['p0'] } });
});

test('reasons that are no policy are told apart', async () => {
  const [anon, anna, , service] = callers;
  await write([]);
  expect(await ask(anna!, 1)).toMatchObject({ allowed: false, because: { reason: 'no-policy' } });
  expect(await ask(anna!, 77)).toMatchObject({ allowed: false, because: { reason: 'row-missing' } });
  expect(await ask(service!, 1)).toMatchObject({ allowed: true, because: { reason: 'bypassed', by: 'role' } });
  await project.sql(
    'create table public.plain (id int); insert into public.plain values (1); grant select on public.plain to authenticated; revoke all on public.plain from anon',
  );
  expect(await ask(anna!, 1, 'plain')).toMatchObject({ allowed: true, because: { reason: 'no-row-security' } });
  expect(await ask(anon!, 1, 'plain')).toMatchObject({
    because: { reason: 'not-granted', privilege: 'SELECT', on: 'table public.plain' },
  });
});

test('a policy that raises is named, and what it raises', async () => {
  await write([{ permissive: true, command: 'select', roles: 'public', condition: '1 / (grade - 1) > 0' }]);
  const raised = await ask(callers[1]!, 1);
  expect(raised).toMatchObject({ allowed: false, because: { reason: 'raises', policies: ['p0'] } });
  expect(raised.policies[0]?.outcome).toEqual({ error: 'division by zero' });
});

test('a policy can change nothing while it is explained', async () => {
  await project.sql(`create or replace function public.sneak() returns boolean language plpgsql as $$
    begin update public.notes set note = 'changed'; return true; end $$`);
  await write([{ permissive: true, command: 'select', roles: 'public', condition: 'public.sneak()' }]);
  expect((await ask(callers[1]!, 1)).policies[0]?.outcome).toMatchObject({
    error: expect.stringContaining('read-only'),
  });
  expect(await project.sql(`select from public.notes where note = 'changed'`)).toEqual([]);
});

test.each([
  [{ schema: 'public', table: 'nowhere' }, {}, 'control.meta_object_unknown'],
  [{}, { key: { nothing: 1 } }, 'control.row_not_askable'],
  [{}, { key: {} }, 'control.row_not_askable'],
  [{}, { key: { org: 'red' } }, 'control.row_not_askable'],
  [{ caller: { role: 'postgres', claims: {} } }, {}, 'control.role_not_askable'],
] as const)('%j %j is refused: %s', async (about, row, code) => {
  const asked = { schema: 'public', table: 'notes', command: 'select', caller: callers[1]!, ...about } as const;
  await expect(
    explainRow(owned(project), { ...asked, row: 'key' in row ? row : { key: { id: 1 } } }),
  ).rejects.toMatchObject({ code });
});
