import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDataApp, type DataApp, type Reply } from './data-app.fixture.ts';
import { BARRED, CHANGE_THE_UNSEEN, MEMBER, WALLS } from './leaks.fixture.ts';

let app: DataApp;

beforeAll(async () => {
  app = await createDataApp(WALLS);
  app.configure({ transactionEnd: 'rollback', aggregatesEnabled: true });
  await app.project.sql('analyze');
});

afterAll(() => app[Symbol.asyncDispose]());

// An order wherever rows come: changed rows move, which is no secret.
const READS = [
  '/notes?select=*&order=id',
  '/notes?select=id&topic=eq.theirs',
  '/notes?select=id&body=eq.needle',
  '/notes?order=body.desc&limit=1',
  '/notes?select=count()',
  '/notes?select=topic,id.max()',
  '/notes?body=like.theirs*&limit=2',
  '/notes?select=id,notes(id)&notes.topic=eq.theirs',
  '/note_topics?topic=eq.theirs',
  '/people?select=id,name,notes(topic)&order=id',
  '/people?select=id&notes=is.null&order=id',
  '/people?select=id,notes!inner(id)&order=id',
  '/people?select=*',
  '/people?select=id&salary=gt.150',
  '/people?select=id&order=salary',
  '/people?select=salary.sum()',
  '/people?select=id,vault(code)',
  '/people?select=id&vault=not.is.null',
  '/people?select=id,vault!inner()',
  '/vault',
  '/rpc/count_vault',
];
const COUNTS = ['exact', 'planned', 'estimated'];

const WRITES: readonly (readonly [method: string, url: string, body: unknown])[] = [
  ['PATCH', '/notes?topic=eq.theirs&select=*', { topic: 'x' }],
  ['PATCH', '/people?salary=gt.150&select=id', { name: 'x' }],
  ['PATCH', '/people?id=eq.1&select=*', { name: 'x' }],
  ['DELETE', '/people?salary=gt.150', undefined],
  ['DELETE', '/notes?id=gt.0&select=id', undefined],
  ['POST', '/people?select=*', { id: 7, name: 'n' }],
  ['POST', '/people', { id: 8, name: 'n', salary: -1 }],
  ['POST', '/people?on_conflict=id', { id: 1, name: 'n' }],
  ['POST', '/vault', { id: 1, code: 'n' }],
];

function said({ status, headers, text }: Reply): unknown {
  return { status, range: headers['content-range'], applied: headers['preference-applied'], text };
}

async function askEverything(): Promise<ReadonlyMap<string, unknown>> {
  const answers = new Map<string, unknown>();
  for (const caller of BARRED) {
    for (const url of READS) {
      for (const count of COUNTS) {
        for (const method of ['GET', 'HEAD']) {
          const reply = await app.ask({ ...caller, method, url, headers: { prefer: `count=${count}` } });
          answers.set(`${JSON.stringify(caller)} ${method} ${url} count=${count}`, said(reply));
        }
      }
    }
    for (const [method, url, body] of WRITES) {
      const headers = { prefer: 'return=representation, count=exact' };
      const reply = await app.ask({ ...caller, method, url, headers, ...(body === undefined ? {} : { body }) });
      answers.set(`${JSON.stringify(caller)} ${method} ${url}`, said(reply));
    }
  }
  return answers;
}

test('no answer depends on what its caller may not see', { timeout: 60_000 }, async () => {
  const before = await askEverything();
  await app.project.sql(CHANGE_THE_UNSEEN);
  const after = await askEverything();
  for (const [request, answer] of before) expect(after.get(request), request).toEqual(answer);
});

describe('a column that may not be used is answered like one that is not there', () => {
  test.each([
    ['GET', '/people?select=$', undefined],
    ['GET', '/people?select=id&$=eq.1', undefined],
    ['GET', '/people?select=id&order=$', undefined],
    ['GET', '/people?select=id&or=(id.eq.1,$.gt.3)', undefined],
    ['GET', '/notes?select=id,people($)', undefined],
    ['PATCH', '/people?$=eq.1', { name: 'x' }],
    ['DELETE', '/people?$=eq.1', undefined],
    ['POST', '/people', '{"id": 9, "$": 1}'],
    ['PATCH', '/people?id=eq.1', '{"$": 1}'],
  ])('%s %s', async (method, url, body) => {
    const withName = async (name: string): Promise<unknown> => {
      const sent = typeof body === 'string' ? body.replaceAll('$', name) : body;
      return said(
        await app.ask({
          ...MEMBER,
          method,
          url: url.replaceAll('$', name),
          ...(sent === undefined ? {} : { body: sent }),
        }),
      );
    };
    const hidden = await withName('salary');
    expect(hidden).toMatchObject({ status: 403 });
    expect(await withName('salery')).toEqual(hidden);
  });
});

describe('a hint names only what its reader may use', () => {
  test.each([
    ['/vaullt', 'vault'],
    ['/rpc/count_vaullt', 'count_vault'],
    ['/people?select=id,vaullt(id)', 'vault'],
  ])('%s', async (url, hidden) => {
    expect((await app.ask({ url, role: 'authenticated' })).json).toMatchObject({ hint: null });
    expect((await app.ask({ url, role: 'service_role' })).json).toMatchObject({
      hint: expect.stringContaining(hidden),
    });
  });

  test('a column that PostgreSQL would suggest', async () => {
    expect((await app.ask({ url: '/notes?select=topik', role: 'authenticated' })).json).toMatchObject({
      code: '42703',
      hint: 'Perhaps you meant to reference the column "notes.topic".',
    });
    expect((await app.ask({ url: '/people?select=salery', role: 'authenticated' })).text).not.toContain('salary');
  });
});

test('an operation of a transaction tells no more than a request', async () => {
  const operation = { op: 'select', table: 'people', select: 'salery' };
  const reply = await app.ask({
    method: 'POST',
    url: '/transaction',
    role: 'authenticated',
    body: { operations: [operation] },
  });
  expect(reply).toMatchObject({ status: 403, json: { code: '42501', hint: null, operation: 0 } });
});

test('the planner’s estimate is told where no row is hidden', async () => {
  const headers = { prefer: 'count=planned' };
  const bypass = await app.ask({ url: '/notes?select=id&limit=1', role: 'service_role', headers });
  expect(bypass.headers['content-range']).toBe('0-0/5004');
  const own = await app.ask({ url: '/notes?select=id&limit=1', ...MEMBER, headers });
  expect(own.headers['content-range']).toBe('0-0/3');
});
