import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { owned } from '../meta/owned-database.fixture.ts';
import { advisors, giveAdvice } from './give-advice.ts';

let project: TestProject;

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`
    create schema auth;
    grant usage on schema auth to postgres, anon, authenticated;
    create table auth.users (id uuid primary key, email text);
    grant select, references on auth.users to postgres;
    create function auth.uid() returns uuid language sql stable as $$ select null::uuid $$;
  `);
});

afterAll(() => project.close());

/** What is said of a schema made by the project's owner, which is gone again afterwards. */
async function advised(sql: string, exposed: readonly string[] = ['demo']): Promise<string[]> {
  await project.sql(`
    set role postgres;
    create schema demo;
    grant usage on schema demo to anon, authenticated;
    ${sql};
    reset role`);
  try {
    const advice = await giveAdvice(owned(project), exposed);
    return advice.map(({ name, object, detail }) => `${name} ${object}${detail === null ? '' : `: ${detail}`}`);
  } finally {
    await project.sql(
      'reset role; drop schema demo cascade; drop schema if exists hidden cascade; drop extension if exists citext',
    );
  }
}

interface Sample {
  readonly advisor: string;
  readonly bad: string;
  readonly good: string;
  readonly finds: string;
}

const key = 'id int primary key';
const guarded = (name: string): string => `alter table demo.${name} enable row level security`;

const samples: readonly Sample[] = [
  {
    advisor: 'row-security-disabled',
    bad: `create table demo.t (${key}); grant select on demo.t to anon`,
    good: `create table demo.t (${key}); revoke all on demo.t from anon, authenticated`,
    finds: 'demo.t',
  },
  {
    advisor: 'row-security-without-policies',
    bad: `create table demo.t (${key}); ${guarded('t')}; grant select on demo.t to anon`,
    good: `create table demo.t (${key}); ${guarded('t')}; create policy p on demo.t using (id = 1); grant select on demo.t to anon`,
    finds: 'demo.t',
  },
  {
    advisor: 'policy-lets-all-write',
    bad: `create table demo.t (${key}); ${guarded('t')}; create policy p on demo.t for delete to anon using (true)`,
    good: `create table demo.t (${key}); ${guarded('t')}; create policy p on demo.t for select to anon using (true)`,
    finds: 'demo.t: policy p',
  },
  {
    advisor: 'definer-view',
    bad: `create table demo.t (${key}); ${guarded('t')}; create view demo.v as select * from demo.t; grant select on demo.v to anon`,
    good: `create table demo.t (${key}); ${guarded('t')}; create view demo.v with (security_invoker = on) as select * from demo.t`,
    finds: 'demo.v',
  },
  {
    advisor: 'materialized-view-exposed',
    bad: 'create materialized view demo.m as select 1 as one; grant select on demo.m to anon',
    good: 'create materialized view demo.m as select 1 as one; revoke all on demo.m from anon, authenticated',
    finds: 'demo.m',
  },
  {
    advisor: 'accounts-exposed',
    bad: 'create view demo.people as select email from auth.users; grant select on demo.people to anon',
    good: 'create view demo.people with (security_invoker = true) as select email from auth.users',
    finds: 'demo.people',
  },
  {
    advisor: 'definer-function-search-path',
    bad: 'create function demo.f() returns int language sql security definer as $$ select 1 $$',
    good: `create function demo.f() returns int language sql security definer set search_path = '' as $$ select 1 $$`,
    finds: 'demo.f()',
  },
  {
    advisor: 'definer-function-for-everybody',
    bad: `create function demo.f(a int) returns int language sql security definer set search_path = '' as $$ select 1 $$; grant execute on function demo.f to anon`,
    good: `create function demo.f(a int) returns int language sql security definer set search_path = '' as $$ select 1 $$; revoke execute on function demo.f from public, anon`,
    finds: 'demo.f(a integer)',
  },
  {
    advisor: 'extension-exposed',
    bad: 'create extension citext with schema demo',
    good: 'create schema hidden; create extension citext with schema hidden',
    finds: 'citext: schema demo',
  },
  {
    advisor: 'foreign-key-without-index',
    bad: `create table demo.t (${key}); create table demo.u (${key}, t int references demo.t)`,
    good: `create table demo.t (${key}); create table demo.u (${key}, t int references demo.t, a int); create index on demo.u (t, a)`,
    finds: 'demo.u: u_t_fkey',
  },
  {
    advisor: 'policy-calls-per-row',
    bad: `create table demo.t (id uuid primary key); create policy p on demo.t using (id = auth.uid())`,
    good: `create table demo.t (id uuid primary key); create policy p on demo.t using (id = (select auth.uid()))`,
    finds: 'demo.t: policy p',
  },
  {
    advisor: 'policy-column-without-index',
    bad: `create table demo.t (${key}, who uuid); create policy p on demo.t using (who = (select auth.uid())); insert into demo.t select generate_series(1, 1500); analyze demo.t`,
    good: `create table demo.t (${key}, who uuid); create index on demo.t (who); create policy p on demo.t using (who = (select auth.uid())); insert into demo.t select generate_series(1, 1500); analyze demo.t`,
    finds: 'demo.t.who: policy p',
  },
  {
    advisor: 'several-permissive-policies',
    bad: `create table demo.t (${key}); create policy a on demo.t for select to anon using (id = 1); create policy b on demo.t to anon using (id = 2)`,
    good: `create table demo.t (${key}); create policy a on demo.t for select to anon using (id = 1); create policy b on demo.t as restrictive to anon using (id = 2)`,
    finds: 'demo.t: select for anon: a, b',
  },
  {
    advisor: 'no-primary-key',
    bad: 'create table demo.t (id int)',
    good: `create table demo.t (${key})`,
    finds: 'demo.t',
  },
  {
    advisor: 'same-index-twice',
    bad: `create table demo.t (${key}, a int); create index one on demo.t (a); create index two on demo.t (a)`,
    good: `create table demo.t (${key}, a int); create index one on demo.t (a); create index two on demo.t (a desc)`,
    finds: 'demo.t: one, two',
  },
  {
    advisor: 'index-never-used',
    bad: `create table demo.t (${key}, a int); create index one on demo.t (a); insert into demo.t select generate_series(1, 1500); analyze demo.t`,
    good: `create table demo.t (${key}, a int); create unique index one on demo.t (a); insert into demo.t select generate_series(1, 1500); analyze demo.t`,
    finds: 'demo.t: one',
  },
  {
    advisor: 'deletes-not-told',
    bad: `create table demo.t (${key}); ${guarded('t')}; alter publication supabase_realtime add table demo.t`,
    good: `create table demo.t (${key}); ${guarded('t')}; alter table demo.t replica identity full; alter publication supabase_realtime add table demo.t`,
    finds: 'demo.t',
  },
  {
    advisor: 'updates-refused',
    bad: 'create table demo.t (id int); alter publication supabase_realtime add table demo.t',
    good: `create table demo.t (${key}); alter publication supabase_realtime add table demo.t`,
    finds: 'demo.t: supabase_realtime',
  },
];

test.each(samples)('$advisor finds the bad and leaves the good alone', async ({ advisor, bad, good, finds }) => {
  expect(await advised(bad)).toContain(`${advisor} ${finds}`);
  expect((await advised(good)).filter((line) => line.startsWith(`${advisor} `))).toEqual([]);
});

test('every advisor has a sample', () => {
  expect(advisors.map(({ name }) => name)).toEqual(samples.map(({ advisor }) => advisor));
});

test('a fresh project has nothing to be told', async () => {
  expect(await advised('select 1')).toEqual([]);
});

test("what no API exposes is nobody's way in", async () => {
  const hidden =
    'create schema hidden; create table hidden.t (id int primary key); grant usage on schema hidden to anon; grant select on hidden.t to anon';
  expect(await advised(hidden, ['demo'])).toEqual([]);
});
