import { proofSize } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { createDataApp } from './data-app.fixture.ts';

const TABLES = proofSize('schema', { short: 500, full: 2000 });
const FOREIGN_KEYS = TABLES * 1.5;
/** From the request to its answer, a snapshot of 2,000 tables of 20 columns and 3,000 foreign keys included. */
const FIRST_ANSWER_MS = 1500;
/** What planning a shape for the first time may cost beside a warm answer. */
const PLANNING_MS = 50;

const MANY_TABLES = `
  do $$
  declare
    columns text := (
      select string_agg(format('c%s %s', c, (array['text', 'integer not null default 0', 'timestamptz default now()',
        'jsonb', 'numeric(10,2)', 'varchar(40)'])[c % 6 + 1]), ', ') from generate_series(1, 17) c);
  begin
    for i in 1..${TABLES} loop
      execute format('create table public.table_%s (id bigint generated always as identity primary key,
        ref_a bigint, ref_b bigint, %s)', i, columns);
      if i % 100 = 0 then commit; end if;
    end loop;
    for i in 1..${FOREIGN_KEYS} loop
      execute format('alter table public.table_%s add foreign key (%s) references public.table_%s',
        (i - 1) % ${TABLES} + 1, case when i <= ${TABLES} then 'ref_a' else 'ref_b' end, greatest((i - 1) % ${TABLES}, 1));
      if i % 100 = 0 then commit; end if;
    end loop;
  end $$`;

test('a large schema is read once, and its first request is planned like any other', { timeout: 300_000 }, async () => {
  await using app = await createDataApp('create schema nothing_yet');
  await app.project.sql(MANY_TABLES);
  const url = `/table_${TABLES - 1}?select=id,c1,table_${TABLES - 2}!ref_a(id)`;
  const durationOf = async (): Promise<number> => {
    const started = performance.now();
    expect(await app.ask({ url })).toMatchObject({ status: 200, json: [] });
    return performance.now() - started;
  };
  await app.project.sql(`grant select on all tables in schema public to service_role`);
  expect(await durationOf()).toBeLessThan(FIRST_ANSWER_MS);
  // A shape never seen, then the same shape warm.
  const unseen = `/table_1?select=id,c2&c1=eq.x`;
  const started = performance.now();
  await app.ask({ url: unseen });
  const firstMs = performance.now() - started;
  const warm = await Promise.all(Array.from({ length: 10 }, durationOf));
  expect(firstMs).toBeLessThan(Math.max(...warm) + PLANNING_MS);
});
