import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf } from './json-value.ts';

let project: TestProject;

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`create type mood as enum ('good', 'b"ad')`);
});

afterAll(() => project?.close());

test.each([
  ['int8', '9223372036854775807'],
  ['numeric', '1.50'],
  ['numeric', 'NaN'],
  ['float8', '1e-300'],
  ['float8', '-Infinity'],
  ['bool', 'false'],
  ['text', 'é"\\\n'],
  ['jsonb', '{"a": [1, null]}'],
  ['timestamptz', '2024-01-02 03:04:05.678+00'],
  ['timestamptz', 'infinity'],
  ['timestamp', '2024-01-02 03:04:05'],
  ['date', '2024-01-02'],
  ['uuid', '00000000-0000-4000-8000-000000000001'],
  ['mood', 'b"ad'],
  ['int4[]', '{1,NULL,3}'],
  ['int4[]', '{}'],
  ['int4[]', '{{1,2},{3,4}}'],
  ['int4[]', '[0:1]={1,2}'],
  ['text[]', '{"a,b","c\\"d",NULL,"NULL",""}'],
  ['bool[]', '{t,f}'],
  ['jsonb[]', '{"{\\"a\\": 1}"}'],
  ['timestamptz[]', '{"2024-01-02 03:04:05+00"}'],
  ['mood[]', '{good,"b\\"ad"}'],
])('%s %j becomes the JSON that PostgreSQL makes of it', async (type, value) => {
  const [row] = await project.sql<{ text: string; json: string; base: string; element: string | null }>(
    `select v::text as text, to_json(v)::text as json, t.typname as base,
       (select e.typname from pg_type e where e.oid = t.typelem and t.typcategory = 'A') as element
       from (select $1::text::${type} as v) x join pg_type t on t.oid = pg_typeof(v)`,
    [value],
  );
  // The output of a boolean in the log is one letter; its cast to text is a word.
  const text = type === 'bool' ? value.slice(0, 1) : (row?.text ?? '');
  const made = jsonOf(text, { baseType: row?.base ?? '', elementType: row?.element ?? null });
  expect(JSON.parse(made)).toEqual(JSON.parse(row?.json ?? ''));
});
