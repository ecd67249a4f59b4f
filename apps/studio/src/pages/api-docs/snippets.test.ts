import { expect, test } from 'vitest';
import type { TableInfo } from '../../api/structure-types.ts';
import { functionSnippets, inputsOf, tableSnippets } from './snippets.ts';

const target = { address: 'https://x.example/p/shop', key: 'sb_publishable_1', inflects: false };
const column = (name: string, type: string, rest: object = {}): TableInfo['columns'][number] => ({
  name,
  type,
  nullable: false,
  default: null,
  identity: null,
  generated: false,
  comment: null,
  ...rest,
});
const table: TableInfo = {
  schema: 'public',
  name: "ada's notes",
  kind: 'table',
  owner: 'postgres',
  rowSecurity: true,
  rows: null,
  comment: null,
  columns: [
    column('id', 'bigint', { identity: 'always' }),
    column('note text', 'text'),
    column('at', 'date', { nullable: true }),
  ],
};

test('calls carry the names of the project, quoted as each language wants', () => {
  const [, one, insert, update, remove] = tableSnippets(target, table, ['id'], true);
  expect(one?.js).toContain(`supabase.from('ada\\'s notes')`);
  expect(one?.curl).toContain(`'https://x.example/p/shop/rest/v1/ada'\\''s%20notes?select=*&id=eq.1'`);
  expect(insert?.js).toContain(`.insert({ 'note text': 'text' })`);
  expect(insert?.curl).toContain(`-H 'apikey: sb_publishable_1'`);
  expect(update?.curl).toContain(`-d '{"note text":"text"}'`);
  expect(remove?.js).toContain(`.eq('id', 1)`);
  expect(insert?.graphql).toBeNull();
});

test('GraphQL goes by the names its schema has', () => {
  const plain = {
    ...table,
    name: 'blog_post',
    columns: [table.columns[0] ?? column('id', 'bigint'), column('due_on', 'date')],
  };
  const [read, , insert] = tableSnippets(target, plain, ['id'], true);
  expect(read?.graphql).toContain('blog_postCollection(first: 10)');
  expect(insert?.graphql).toContain('insertIntoblog_postCollection(objects: [{ due_on: "2026-01-31" }])');
  const [inflected] = tableSnippets({ ...target, inflects: true }, plain, ['id'], true);
  expect(inflected?.graphql).toContain('blogPostCollection(first: 10) {\n    edges { node { id dueOn } }');
});

test('a view is read, and what has no key is not spoken of one by one', () => {
  expect(tableSnippets(target, table, [], false).map(({ does }) => does)).toEqual(['read']);
});

test('a function is called with what it needs', () => {
  expect(inputsOf(`a integer, "B c" numeric(1,2), d text DEFAULT 'x, y'::text, OUT e text`)).toEqual([
    { name: 'a', type: 'integer' },
    { name: 'B c', type: 'numeric(1,2)' },
  ]);
  const [call] = functionSnippets(target, {
    schema: 'shop',
    name: 'add',
    arguments: 'a integer, b integer',
    signature: 'a integer, b integer',
    returns: 'integer',
    language: 'sql',
    kind: 'function',
    volatility: 'stable',
    securityDefiner: false,
    definition: null,
  });
  expect(call?.js).toBe(`const { data, error } = await supabase.schema('shop').rpc('add', { a: 1, b: 1 });`);
  expect(call?.curl).toContain('content-profile: shop');
  expect(call?.graphql).toBe('{ add(a: 1, b: 1) }');
});
