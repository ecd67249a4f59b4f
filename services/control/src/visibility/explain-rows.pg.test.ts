import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { owned } from '../meta/owned-database.fixture.ts';
import { explainRow } from './explain-row.ts';
import { explainRows, type QuestionOfRows } from './explain-rows.ts';
import type { DraftPolicy } from './read-rules.ts';

const ANNA = '6f1f2a3e-0000-4000-8000-000000000001';
const BADR = '6f1f2a3e-0000-4000-8000-000000000002';

let project: TestProject;

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`
    create schema auth;
    create function auth.uid() returns uuid language sql stable
      as $$ select nullif(current_setting('request.jwt.claims', true)::json ->> 'sub', '')::uuid $$;
    grant usage on schema auth to anon, authenticated, service_role;
    set role postgres;
    create table public.notes (id int primary key, owner uuid, open boolean, text text);
    alter table public.notes enable row level security;
    create policy own on public.notes for select to authenticated using (owner = auth.uid());
    insert into public.notes values (2, '${BADR}', true, repeat('x', 500)), (1, '${ANNA}', false, null);
    reset role`);
}, 60_000);
afterAll(() => project.close());

const anna: QuestionOfRows = {
  schema: 'public',
  table: 'notes',
  command: 'select',
  caller: { role: 'authenticated', claims: { sub: ANNA } },
  limit: 20,
};
const draft = (change: Partial<DraftPolicy>): DraftPolicy => ({
  name: 'open notes',
  command: 'select',
  permissive: true,
  roles: ['public'],
  using: 'open',
  check: null,
  ...change,
});
const seen = async (question: QuestionOfRows): Promise<readonly (readonly [string | null | undefined, boolean])[]> =>
  (await explainRows(owned(project), question)).map(({ values, allowed }) => [values['id'], allowed] as const);

test('each row says whether somebody sees it, by which policy, and shows values cut short', async () => {
  const [first, second] = await explainRows(owned(project), anna);
  expect(first).toMatchObject({ allowed: true, because: { reason: 'permitted', policies: ['own'] } });
  expect(first?.values).toEqual({ id: '1', owner: ANNA, open: 'false', text: null });
  expect(second).toMatchObject({ allowed: false, because: { reason: 'none-permits', policies: ['own'] } });
  expect(second?.values['text']).toHaveLength(120);
});

test('a policy that is being written counts as if it were there, and is not', async () => {
  await expect(seen({ ...anna, draft: draft({}) })).resolves.toEqual([
    ['1', true],
    ['2', true],
  ]);
  await expect(seen({ ...anna, draft: draft({ permissive: false }) })).resolves.toEqual([
    ['1', false],
    ['2', false],
  ]);
  await expect(seen({ ...anna, draft: draft({ roles: ['anon'] }) })).resolves.toEqual([
    ['1', true],
    ['2', false],
  ]);
  await expect(project.sql(`select policyname from pg_policies where tablename = 'notes'`)).resolves.toEqual([
    { policyname: 'own' },
  ]);
});

test('a draft stands in for the policy of its name', async () => {
  await expect(seen({ ...anna, draft: draft({ name: 'own', using: 'false' }) })).resolves.toEqual([
    ['1', false],
    ['2', false],
  ]);
});

test('a row that would be written is asked the condition for new rows', async () => {
  const question = { ...anna, command: 'update' as const, row: { values: { id: 1, owner: BADR, open: true } } };
  const policy = draft({ command: 'update', using: 'open', check: 'owner = auth.uid()' });
  await expect(explainRow(owned(project), { ...question, draft: policy })).resolves.toMatchObject({ allowed: false });
  const key = { ...question, row: { key: { id: 2 } }, draft: policy };
  await expect(explainRow(owned(project), key)).resolves.toMatchObject({ allowed: true });
});

test('a draft that raises is said to, and roles that nobody may ask as are refused', async () => {
  const [row] = await explainRows(owned(project), { ...anna, draft: draft({ using: '1 / (id - 1) > 0' }) });
  expect(row).toMatchObject({ allowed: false, because: { reason: 'raises', policies: ['open notes'] } });
  await expect(
    explainRows(owned(project), { ...anna, caller: { role: 'postgres', claims: {} } }),
  ).rejects.toMatchObject({
    code: 'control.role_not_askable',
  });
  await expect(explainRows(owned(project), { ...anna, table: 'none' })).rejects.toMatchObject({
    code: 'control.meta_object_unknown',
  });
});
