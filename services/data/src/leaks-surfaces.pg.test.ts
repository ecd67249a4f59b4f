import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ask, createDataApp, type DataApp, type GraphqlAsk, type Reply } from './data-app.fixture.ts';
import { BARRED, CHANGE_THE_UNSEEN, MEMBER, WALLS } from './leaks.fixture.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(WALLS);
  app.configure({ transactionEnd: 'rollback', aggregatesEnabled: true });
  await app.project.sql('analyze');
});

afterAll(() => app[Symbol.asyncDispose]());

type Surface = Pick<Ask, 'url' | 'method' | 'headers' | 'body'>;

const accepting = (accept: string, ...urls: readonly string[]): readonly Surface[] =>
  urls.map((url) => ({ url, headers: { accept } }));

const operation = (operations: readonly object[]): Surface => ({
  method: 'POST',
  url: '/transaction',
  body: { operations },
});

const REST: readonly Surface[] = [
  ...accepting(
    'text/csv',
    '/notes?order=id',
    '/notes?topic=eq.theirs',
    '/people?select=id,name&order=id',
    '/people',
    '/vault',
  ),
  ...accepting('application/vnd.pgrst.object+json', '/notes', '/notes?body=eq.needle', '/people?select=id', '/vault'),
  ...accepting('application/vnd.pgrst.array+json;nulls=stripped', '/notes?order=id', '/people?select=id,vault(code)'),
  ...accepting('application/vnd.pgrst.plan+json', '/notes', '/notes?topic=eq.theirs', '/people', '/vault'),
  ...['/', '/openapi.json', '/notes', '/people', '/vault', '/rpc/count_vault'].map((url) => ({
    method: 'OPTIONS',
    url,
  })),
  ...['/', '/openapi.json'].map((url) => ({ url })),
  ...[
    '/rpc/notes_about?about=theirs',
    '/rpc/notes_about?about=mine&select=id,shouted&order=body.desc',
    '/rpc/notes_about?about=mine&body=eq.needle',
    '/rpc/notes_about?about=mine&select=count()',
    '/notes?select=shouted&order=shouted.desc',
    '/notes?shouted=eq.NEEDLE',
    '/notes?select=id&order=notes(body)',
    '/note_topics?select=topic,id.count()',
    '/people?select=name,...vault(code)',
    '/people?select=name,...notes(topic)&order=id',
    '/people?select=id&or=(salary.gt.150,id.lt.0)',
    '/people?select=id&not.and=(salary.gt.150)',
    '/people?select=id&order=salary.desc.nullslast',
    '/people?select=name,salary.max()',
    '/people?select=id::text,salary::text',
    '/notes?select=id,people(id,salary)',
    '/notes?select=id,people(id)&people.salary=gt.150',
    '/notes?select=id,people(id)&people.order=salary',
  ].map((url) => ({ url, headers: { prefer: 'count=exact' } })),
  operation([{ op: 'select', table: 'notes', order: 'id' }]),
  operation([{ op: 'select', table: 'notes', where: { topic: { eq: 'theirs' } } }]),
  operation([{ op: 'select', table: 'people', select: 'id', where: { salary: { gt: 150 } } }]),
  operation([{ op: 'update', table: 'notes', where: { topic: { eq: 'theirs' } }, values: { topic: 'x' } }]),
  operation([{ op: 'delete', table: 'notes', where: { id: { gt: 3 } } }]),
  operation([{ op: 'select', table: 'vault' }]),
  operation([{ op: 'rpc', function: 'notes_about', arguments: { about: 'theirs' } }]),
  operation([{ op: 'rpc', function: 'count_vault' }]),
  {
    method: 'PATCH',
    url: '/notes?topic=eq.theirs',
    body: { topic: 'x' },
    headers: { prefer: 'handling=strict, max-affected=1' },
  },
  { method: 'DELETE', url: '/notes?id=gt.3', headers: { prefer: 'return=representation, count=exact' } },
  { method: 'PATCH', url: '/people?salary=gt.150', body: { name: 'x' }, headers: { 'idempotency-key': 'k1' } },
];

const edges = 'edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor }';
const vaultRow = Buffer.from('["public", "vault", 1]').toString('base64');
const noteRow = Buffer.from('["public", "notes", 1001]').toString('base64');

const OPERATIONS: readonly string[] = [
  `{ notesCollection { totalCount ${edges} } }`,
  `{ notesCollection(filter: {topic: {eq: "theirs"}}) { totalCount ${edges} } }`,
  `{ notesCollection(filter: {or: [{body: {like: "theirs%"}}, {body: {eq: "needle"}}]}, last: 2) { ${edges} } }`,
  `{ notesCollection(orderBy: [{body: DescNullsLast}], first: 1) { ${edges} } }`,
  '{ notesCollection { aggregate { count max { id body } min { topic } sum { id } } } }',
  '{ notesByPk(id: 1001) { body } }',
  `{ node(nodeId: "${noteRow}") { nodeId } }`,
  `{ node(nodeId: "${vaultRow}") { nodeId } }`,
  '{ notes_about(about: "theirs") { edges { node { id } } } }',
  `{ peopleCollection(orderBy: [{id: AscNullsLast}]) { totalCount edges { node { id name } } } }`,
  '{ peopleCollection { edges { node { id salary } } } }',
  '{ peopleCollection(filter: {salary: {gt: 150}}) { edges { node { id } } } }',
  '{ peopleCollection(orderBy: [{salary: AscNullsLast}]) { edges { node { id } } } }',
  '{ peopleCollection { aggregate { sum { salary } } } }',
  '{ peopleCollection { edges { node { id vaultCollection { edges { node { code } } } } } } }',
  '{ vaultCollection { edges { node { code } } } }',
  '{ count_vault }',
  'mutation { updatenotesCollection(set: {topic: "x"}, filter: {topic: {eq: "theirs"}}, atMost: 9) { affectedCount records { id } } }',
  'mutation { deleteFromnotesCollection(filter: {id: {gt: 3}}, atMost: 1) { affectedCount records { body } } }',
  'mutation { updatepeopleCollection(set: {salary: 1}, filter: {id: {eq: 1}}) { affectedCount } }',
  'mutation { deleteFrompeopleCollection(filter: {salary: {gt: 150}}) { affectedCount } }',
  'mutation { insertIntovaultCollection(objects: [{id: 1}]) { affectedCount } }',
  getIntrospectionQuery(),
];

function said({ status, headers, text }: Reply): unknown {
  const { 'content-range': range, 'content-length': length, 'preference-applied': applied, allow } = headers;
  return { status, range, length, applied, allow, text };
}

async function askEverything(): Promise<ReadonlyMap<string, unknown>> {
  const answers = new Map<string, unknown>();
  for (const caller of BARRED) {
    for (const surface of REST) {
      answers.set(
        `${JSON.stringify(caller)} ${JSON.stringify(surface)}`,
        said(await app.ask({ ...caller, ...surface })),
      );
    }
    for (const query of OPERATIONS) {
      const ask: GraphqlAsk = { ...caller, query };
      answers.set(`${JSON.stringify(caller)} ${query}`, said(await app.graphql(ask)));
    }
  }
  return answers;
}

test('no surface depends on what its caller may not see', { timeout: 60_000 }, async () => {
  const before = await askEverything();
  await app.project.sql(CHANGE_THE_UNSEEN);
  const after = await askEverything();
  for (const [request, answer] of before) expect(after.get(request), request).toEqual(answer);
});

test('nothing that is hidden is named anywhere', { timeout: 60_000 }, async () => {
  for (const [request, answer] of await askEverything()) {
    const text = JSON.stringify(answer);
    // What the request itself says may be said back.
    for (const hidden of ['salary', 'vault', 'needle', 'theirs', '00000000-0000-0000-0000-000000000002']) {
      if (!request.toLowerCase().includes(hidden)) expect(text.toLowerCase(), request).not.toContain(hidden);
    }
  }
});

describe('a field that may not be used is answered like one that is not there', () => {
  test.each([
    '{ peopleCollection { edges { node { id $ } } } }',
    '{ peopleCollection(filter: {$: {gt: 1}}) { edges { cursor } } }',
    '{ peopleCollection(orderBy: [{$: AscNullsLast}]) { edges { cursor } } }',
    '{ peopleCollection { aggregate { max { $ } } } }',
    'mutation { insertIntopeopleCollection(objects: [{id: 9, $: 1}]) { affectedCount } }',
    'mutation { updatepeopleCollection(set: {$: 1}) { affectedCount } }',
    '{ $Collection { edges { cursor } } }',
    '{ $ByPk(id: 1) { id } }',
  ])('%s', async (template) => {
    const withName = async (name: string): Promise<string> =>
      (await app.graphql({ ...MEMBER, query: template.replaceAll('$', name) })).text.replaceAll(name, '$');
    const [hidden, absent] =
      template.includes('{ $') && /\$(?:Collection|ByPk)/.test(template) ? ['vault', 'valut'] : ['salary', 'salery'];
    expect(await withName(hidden ?? '')).toBe(await withName(absent ?? ''));
  });
});
