import { createSuiteProject, type SuiteProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProduct } from './application/create-product.ts';
import { product } from './index.ts';

type Caller = Awaited<ReturnType<SuiteProject['addMember']>>;

let shop: SuiteProject;
let otherOrg: string;
let reader: Caller;
let stranger: Caller;
let idle: Caller;

beforeAll(async () => {
  shop = await createSuiteProject({ suites: [product] });
  otherOrg = await shop.addOrganisation('other');
  reader = await shop.addMember(['product.read']);
  stranger = await shop.addMember(['product.read'], otherOrg);
  idle = await shop.addMember([]);
  const title = { en: 'Secret lantern' };
  await shop.call(createProduct, { title, variant: { sku: 'OURS' } });
  await shop.call(createProduct, { title, variant: { sku: 'THEIRS' } }, { orgId: otherOrg });
});
afterAll(() => shop?.[Symbol.asyncDispose]());

const FOUND = `select v.sku, (select count(*)::int from product.matching_variants('lantern', 'active', 100)) as found
  from product.variants v where v.id in (select id from product.matching_variants('lantern', 'active', 100))`;

/** What SQL gets as a role with these claims, after statements of an attacker as that same role. */
async function run(role: string, claims: object, sql: string, before: readonly string[] = []) {
  await shop.test.sql('begin');
  try {
    await shop.test.sql(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify(claims)]);
    await shop.test.sql(`set local role ${role}`);
    for (const one of before) await shop.test.sql(one);
    return await shop.test.sql(sql);
  } finally {
    await shop.test.sql('rollback');
  }
}

const search = (caller: Caller, before?: readonly string[]) => run('authenticated', caller.claims, FOUND, before);

test('the search shows a member with the permission the own organisation, and nobody else anything', async () => {
  expect(await search(reader)).toEqual([{ sku: 'OURS', found: 1 }]);
  expect(await search(stranger)).toEqual([{ sku: 'THEIRS', found: 1 }]);
  expect(await search(idle)).toEqual([]);
  const forged = { ...reader.claims, org: { id: otherOrg }, org_id: otherOrg };
  expect(await run('authenticated', forged, FOUND)).toEqual([]);
  expect(
    await run(
      'service_role',
      { role: 'service_role' },
      `select * from product.matching_variants('lantern', 'active', 9)`,
    ),
  ).toEqual([]);
  await expect(run('anon', { role: 'anon' }, FOUND)).rejects.toMatchObject({ code: '42501' });
});

test('settings of a caller give no other organisation', async () => {
  const settings = [
    `select set_config('suites.org_id', '${otherOrg}', true)`,
    `select set_config('pg_trgm.word_similarity_threshold', '0', true)`,
  ];
  expect(await search(reader, settings)).toEqual([{ sku: 'OURS', found: 1 }]);
  expect(await search(idle, settings)).toEqual([]);
});

test('a search path and temporary objects of the caller are not looked at', async () => {
  await shop.test.sql(`grant temporary on database "${await databaseName()}" to authenticated`);
  const traps = [
    'create temporary table ran (who pg_catalog.name) on commit drop',
    'grant all on ran to public',
    `create function pg_temp.note() returns pg_catalog.bool language plpgsql as
     'begin insert into pg_temp.ran values (current_user); return true; end'`,
    'create domain pg_temp.text as pg_catalog.text check (pg_temp.note())',
    'create domain pg_temp.uuid as pg_catalog.uuid check (pg_temp.note())',
    `create function pg_temp.current_setting(pg_catalog.text, pg_catalog.bool) returns pg_catalog.text
     language sql as $$ select 'product'::pg_catalog.text $$`,
    'create temporary table variants (id pg_catalog.uuid) on commit drop',
    'set local search_path = pg_temp, product, public',
  ];
  expect(await search(idle, traps)).toEqual([]);
  expect(await search(reader, traps)).toEqual([{ sku: 'OURS', found: 1 }]);
  const ran = `with asked as materialized (select count(*) from product.matching_variants('lantern', 'active', 9))
    select asked.count::pg_catalog.int4 as found from asked`;
  expect(await run('authenticated', reader.claims, ran, traps)).toEqual([{ found: 1 }]);
  expect(
    await run('authenticated', reader.claims, 'select distinct who from pg_temp.ran where who <> current_user', [
      ...traps,
      ran,
    ]),
  ).toEqual([]);
});

test('words of a search are words, whatever they look like to LIKE', async () => {
  for (const words of ['%', '_', '\\', `' or true --`]) {
    const rows = await run(
      'authenticated',
      reader.claims,
      `select * from product.matching_variants('${words.replaceAll("'", "''")}', 'active', 9)`,
    );
    expect(rows, words).toEqual([]);
  }
});

test('functions with rights of their own put temporary objects last', async () => {
  const rows = await shop.test.sql(
    `select p.proname, p.proconfig from pg_proc p where p.pronamespace = 'product'::regnamespace and p.prosecdef`,
  );
  expect(rows).toHaveLength(3);
  for (const { proconfig } of rows as { proconfig: string[] }[]) {
    expect(proconfig).toContain('search_path=pg_catalog, pg_temp');
  }
});

async function databaseName(): Promise<string> {
  const [row] = await shop.test.sql<{ name: string }>('select current_database() as name');
  return row?.name ?? '';
}
