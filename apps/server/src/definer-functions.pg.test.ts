import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schemaOwners } from './schema-owners.ts';

let project: TestProject;

beforeAll(async () => {
  project = await createTestProject({ owners: schemaOwners });
});
afterAll(() => project.close());

/** Functions of the platform that run with other rights than their caller's, or as part of other people's statements. */
const DEFINERS_SQL = `
  select p.oid::regprocedure::text as function, pg_get_userbyid(p.proowner) as owner,
         'search_path=pg_catalog, pg_temp' = any (coalesce(p.proconfig, '{}')) as pinned
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
   where (p.prosecdef or p.prorettype = 'event_trigger'::regtype)
     and n.nspname not in ('pg_catalog', 'information_schema', 'extensions')
   order by 1`;

test('every function with rights of its own names all it uses in full', async () => {
  const functions = await project.sql<{ function: string; owner: string; pinned: boolean }>(DEFINERS_SQL);
  expect(functions.length).toBeGreaterThan(10);
  expect(functions.filter(({ pinned }) => !pinned)).toEqual([]);
});

test('one function has the rights of a superuser: the project cannot alter its own login without', async () => {
  const rows = await project.sql(
    `select p.oid::regprocedure::text as function from pg_proc p
       join pg_namespace n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner
      where p.prosecdef and r.rolsuper and n.nspname not in ('pg_catalog', 'information_schema', 'extensions')`,
  );
  expect(rows).toEqual([{ function: 'ashlar.set_rest_option(text,text)' }]);
});

test('no function of the platform takes types from the schema of temporary objects', async () => {
  const rows = await project.sql(
    `select p.oid::regprocedure::text as function from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where array_to_string(p.proconfig, ' ') ~ 'search_path' and array_to_string(p.proconfig, ' ') !~ ', pg_temp( |$)'
        and n.nspname not in ('pg_catalog', 'information_schema', 'extensions')`,
  );
  expect(rows).toEqual([]);
});

/** A text of the caller's session that tells as whom its check runs. */
const TEMPORARY_TYPES = [
  'create temporary table ran (who pg_catalog.name) on commit drop',
  'grant all on ran to public',
  `create function pg_temp.note() returns pg_catalog.bool language plpgsql as
   'begin insert into pg_temp.ran values (current_user); return true; end'`,
  'create domain pg_temp.text as pg_catalog.text check (pg_temp.note())',
  'create domain pg_temp.jsonb as pg_catalog.jsonb check (pg_temp.note())',
];

test.each([
  `select ashlar.set_rest_option('db_max_rows', '100')`,
  `select jobs.enqueue('sql', '{"command": "select 1"}')`,
  `select jobs.schedule('nightly', '@daily', 'sql', '{"command": "select 1"}')`,
  `select notifications.send_mail('{ada@example.com}', subject => 'x', body => 'y')`,
  `select notifications.put_template('t', '{}')`,
])('a temporary type of the owner gets no rights of others: %s', async (statement) => {
  let ran: readonly unknown[] | null = null;
  const undone = new Error('undone');
  const attempt = project.database.transaction({ login: 'owner', role: 'postgres' }, async (tx) => {
    for (const one of TEMPORARY_TYPES) await tx.query(one);
    await tx.query(statement);
    ran = (await tx.query('select distinct who from pg_temp.ran')).rows;
    throw undone;
  });
  await expect(attempt).rejects.toBe(undone);
  expect(ran).toEqual([]);
});
