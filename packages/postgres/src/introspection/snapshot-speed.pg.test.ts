import { createTestProject } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { loadSnapshot } from './load-snapshot.ts';
import { readProjectCatalogue } from './read-project-catalogue.ts';

const TABLES = 500;
const BUDGET_MS = 300;
const ATTEMPTS = 5;

const MANY_TABLES = `
do $$
begin
  for i in 1..${TABLES} loop
    execute format(
      'create table public.table_%s (
        id bigint generated always as identity primary key, ref bigint references public.table_%s,
        a text, b integer not null default 0, c timestamptz default now(), d jsonb, e uuid, f numeric(10,2),
        g boolean not null default false, h varchar(40))', i, greatest(i - 1, 1));
    if i % 100 = 0 then commit; end if;
  end loop;
end $$`;

test(`${TABLES} tables load within ${BUDGET_MS} ms`, { timeout: 60_000 }, async () => {
  await using project = await createTestProject();
  await project.sql(MANY_TABLES);
  const read = readProjectCatalogue(project.database);
  const first = await loadSnapshot(read, { version: 0 });
  expect(first.relations.size).toBeGreaterThanOrEqual(TABLES);
  const durations: number[] = [];
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const started = performance.now();
    await loadSnapshot(read, { version: attempt, timezones: first.timezones });
    durations.push(performance.now() - started);
  }
  // The best of several: other tests run on the same cores.
  expect(Math.min(...durations)).toBeLessThan(BUDGET_MS);
});
