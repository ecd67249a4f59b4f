import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRegistryFixture, type RegistryFixture } from './registry.fixture.ts';

let registry: RegistryFixture;
let other: RegistryFixture;
beforeAll(async () => {
  [registry, other] = await Promise.all([createRegistryFixture(), createRegistryFixture()]);
});
afterAll(async () => {
  await registry?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
});

const parcel = { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] };
const heavier = { ...parcel, properties: { ...parcel.properties, grams: { type: 'integer' } } };
const renamed = { ...parcel, properties: { label: { type: 'string' } }, required: ['label'] };

const nested = (levels: number): string => `${'{"items":'.repeat(levels)}{}${'}'.repeat(levels)}`;
const bomb = (leaf: object): object => {
  const $defs: Record<string, object> = { d0: leaf };
  for (let level = 1; level <= 60; level += 1) {
    const ref = { $ref: `#/$defs/d${level - 1}` };
    const sides = ['left', 'right'].map((side) => ({ properties: { [side]: ref, [`at-${level}`]: {} } }));
    $defs[`d${level}`] = { anyOf: sides };
  }
  return { $ref: '#/$defs/d60', $defs };
};
const tree = (leaf: object): object => ({
  $defs: {
    node: { type: 'object', properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] }, leaf } },
  },
  $ref: '#/$defs/node',
});

test('a version is registered once, and the same document again is the same answer', async () => {
  const made = await registry.put('depot.parcel', '1.0.0', parcel);
  expect(made).toMatchObject({
    status: 201,
    body: { subject: 'depot.parcel', version: '1.0.0', format: 'json-schema' },
  });
  const shuffled = { required: ['code'], properties: { code: { type: 'string' } }, type: 'object' };
  const again = await registry.put('depot.parcel', '1.0.0', JSON.stringify(shuffled));
  expect(again).toMatchObject({ status: 200, body: made.body });
  const differs = await registry.put('depot.parcel', '1.0.0', heavier);
  expect(differs).toMatchObject({ status: 409, body: { code: 'registry.version_taken' } });
});

test('within a major nothing is taken back; a new major may', async () => {
  await registry.put('depot.label', '1.0.0', parcel);
  expect((await registry.put('depot.label', '1.1.0', heavier)).status).toBe(201);
  const breach = await registry.put('depot.label', '1.2.0', renamed);
  expect(breach).toMatchObject({
    status: 409,
    body: {
      code: 'registry.incompatible',
      hint: expect.stringContaining('2.0.0'),
      details: { latest: '1.1.0', next: '2.0.0', changes: expect.any(Array) },
    },
  });
  expect(breach.body.details.changes).toContainEqual({
    level: 'breaking',
    code: 'member-removed',
    path: '/code',
    message: 'is gone; was it renamed to label?',
  });
  expect((await registry.put('depot.label', '2.0.0', renamed)).status).toBe(201);
  // The old line is kept up, and not begun anew below where it is.
  expect((await registry.put('depot.label', '1.1.1', heavier)).status).toBe(201);
  expect(await registry.put('depot.label', '1.0.1', heavier)).toMatchObject({
    status: 409,
    body: { code: 'registry.version_behind' },
  });
  const { body } = await registry.ask('GET', '/subjects/depot.label');
  expect(body.versions.map(({ version }: { version: string }) => version)).toEqual([
    '2.0.0',
    '1.1.1',
    '1.1.0',
    '1.0.0',
  ]);
});

test('of many that register one version at once one wins, and the others hear what it was', async () => {
  const same = await Promise.all(Array.from({ length: 8 }, () => registry.put('depot.race', '1.0.0', parcel)));
  expect(same.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
  const mixed = await Promise.all(
    Array.from({ length: 8 }, (_, index) => registry.put('depot.race', '2.0.0', index % 2 === 0 ? parcel : heavier)),
  );
  const made = mixed.filter(({ status }) => status === 201);
  expect(made).toHaveLength(1);
  const won = mixed.indexOf(made[0]!) % 2;
  for (const [index, { status }] of mixed.entries()) {
    if (mixed[index] !== made[0]) expect(status).toBe(index % 2 === won ? 200 : 409);
  }
});

test('two later versions registered at once never break each other', async () => {
  await registry.put('depot.twins', '1.0.0', { type: 'object', properties: { a: {} } });
  const answers = await Promise.all([
    registry.put('depot.twins', '1.1.0', { type: 'object', properties: { a: {}, b: { type: 'string' } } }),
    registry.put('depot.twins', '1.2.0', { type: 'object', properties: { a: {}, b: { type: 'integer' } } }),
  ]);
  expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
});

test('a document is read by version, by major, as the latest and by its address', async () => {
  await registry.put('depot.read', '1.0.0', parcel);
  await registry.put('depot.read', '1.1.0', heavier);
  const at = async (version: string) => (await registry.ask('GET', `/subjects/depot.read/versions/${version}`)).body;
  expect(await at('latest')).toMatchObject({ version: '1.1.0', document: heavier });
  expect(await at('1')).toMatchObject({ version: '1.1.0' });
  const { hash } = await at('1.0.0');
  const plain = await registry.ask('GET', `/documents/${hash}`);
  expect(plain).toMatchObject({ status: 200, body: parcel, headers: { etag: `"${hash}"` } });
  expect(plain.headers['cache-control']).toContain('immutable');
  const known = await registry.ask('GET', '/subjects/depot.read/versions/1.0.0/document', {
    headers: { 'if-none-match': `"${hash}"` },
  });
  expect(known.status).toBe(304);
  expect((await registry.ask('GET', '/subjects/depot.read/versions/3')).body.code).toBe('registry.not_found');
});

test('changes are told to programs and to people', async () => {
  await registry.put('depot.diff', '1.0.0', parcel);
  await registry.put('depot.diff', '2.0.0', renamed);
  const { body } = await registry.ask('GET', '/subjects/depot.diff/diff?from=1.0.0');
  expect(body).toMatchObject({ from: '1.0.0', to: '2.0.0', compatible: false });
  const text = await registry.ask('GET', '/subjects/depot.diff/diff?from=1.0.0&to=2.0.0', {
    headers: { accept: 'text/markdown' },
  });
  expect(text.body).toContain('## Breaking\n\n- `/code`: is gone');
  const back = await registry.ask('GET', '/subjects/depot.diff/diff?from=1.0.0&to=1');
  expect(back.body).toMatchObject({ compatible: true, changes: [] });
});

test('what a document would change is told before it is registered', async () => {
  await registry.put('depot.check', '1.4.2', parcel);
  const check = async (document: object) =>
    (await registry.ask('POST', '/subjects/depot.check/check', { body: { format: 'json-schema', document } })).body;
  expect(await check(parcel)).toMatchObject({ compatible: true, latest: '1.4.2', next: '1.4.2' });
  expect(await check(heavier)).toMatchObject({ compatible: true, next: '1.5.0' });
  expect(await check({ ...parcel, title: 'Parcel' })).toMatchObject({ compatible: true, next: '1.4.3' });
  expect(await check(renamed)).toMatchObject({ compatible: false, next: '2.0.0' });
});

test('subjects are found by their name and format, page by page', async () => {
  for (const name of ['find.a', 'find.b', 'find.c']) await registry.put(name, '1.0.0', parcel);
  const first = await registry.ask('GET', '/subjects?search=find.&limit=2');
  expect(first.body).toMatchObject({
    subjects: [{ name: 'find.a', latest: '1.0.0' }, { name: 'find.b' }],
    next: 'find.b',
  });
  const rest = await registry.ask('GET', '/subjects?search=find.&limit=2&after=find.b&format=json-schema');
  expect(rest.body).toMatchObject({ subjects: [{ name: 'find.c' }], next: null });
  expect((await registry.ask('GET', '/subjects?search=%25')).body.subjects).toEqual([]);
});

describe('who may', () => {
  test('register is whoever has the secret key', async () => {
    for (const as of ['anon', 'authenticated'] as const) {
      const body = { format: 'json-schema', document: parcel };
      const put = await registry.ask('PUT', '/subjects/depot.mine/versions/1.0.0', { as, body });
      expect(put).toMatchObject({ status: 403, body: { code: 'registry.access_denied' } });
      const check = await registry.ask('POST', '/subjects/depot.mine/check', { as, body });
      expect(check.status).toBe(403);
    }
  });

  test('read what is public is anybody, and of what is private nobody learns that it is there', async () => {
    await registry.put('open.one', '1.0.0', parcel, { visibility: 'public' });
    await registry.put('hidden.one', '1.0.0', { const: 'secret' });
    const { hash } = (await registry.ask('GET', '/subjects/hidden.one/versions/1.0.0')).body;
    for (const as of ['anon', 'authenticated'] as const) {
      const { subjects } = (await registry.ask('GET', '/subjects', { as })).body;
      expect(subjects.map(({ name }: { name: string }) => name)).toEqual(['open.one']);
      expect((await registry.ask('GET', '/subjects/open.one/versions/latest', { as })).status).toBe(200);
      for (const url of [
        '/subjects/hidden.one',
        '/subjects/hidden.one/versions/latest',
        '/subjects/hidden.one/versions/1.0.0/document',
        '/subjects/hidden.one/diff?from=1.0.0',
        `/documents/${hash}`,
      ]) {
        expect((await registry.ask('GET', url, { as })).status).toBe(404);
      }
    }
  });

  test('another project has none of it', async () => {
    await registry.put('depot.ours', '1.0.0', parcel, { visibility: 'public' });
    expect((await other.ask('GET', '/subjects/depot.ours')).status).toBe(404);
  });

  test('change what is registered is nobody, not even the owner of the schema', async () => {
    await registry.put('depot.stays', '1.0.0', parcel);
    for (const sql of [
      `update registry.documents set content = '{}'`,
      `delete from registry.versions`,
      `update registry.subjects set visibility = 'public'`,
      `truncate registry.versions`,
    ]) {
      const change = registry.test.sql(`set role registry_owner; ${sql}`);
      await expect(change).rejects.toMatchObject({ code: '23001' });
      const asCaller = registry.test.sql(`set role service_role; ${sql}`);
      await expect(asCaller).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('refused with a reason', () => {
  test.each([
    ['no JSON', { document: '{"type": ' }, 422, 'registry.document_malformed'],
    ['a list', { document: '[]' }, 422, 'registry.document_malformed'],
    ['a reference outside', { document: { $ref: 'https://example.org/a' } }, 422, 'registry.document_malformed'],
    ['a reference to nothing', { document: { $ref: '#/$defs/a' } }, 422, 'registry.document_malformed'],
    ['too deep', { document: nested(5_000) }, 413, 'registry.document_too_large'],
    ['too large', { document: `{"title":"${'x'.repeat(2_200_000)}"}` }, 413, 'registry.document_too_large'],
    ['a prototype', { document: '{"properties": {"__proto__": {}}}' }, 422, 'registry.document_malformed'],
    ['NUL in it', { document: 'type Query { a: Int } # \0', format: 'graphql' }, 422, 'registry.document_malformed'],
    ['no SDL', { document: 'type Query {', format: 'graphql' }, 422, 'registry.document_malformed'],
    [
      'brackets in brackets',
      { document: `type Query { a: ${'['.repeat(150_000)} }`, format: 'graphql' },
      422,
      'registry.document_malformed',
    ],
    ['no proto', { document: 'message A { string a = 1', format: 'proto' }, 422, 'registry.document_malformed'],
    ['Swagger', { document: { swagger: '2.0' }, format: 'openapi' }, 422, 'registry.document_malformed'],
    ['an unknown format', { document: {}, format: 'wsdl' }, 400, 'registry.invalid_request'],
    ['an unknown member', { document: {}, colour: 'red' }, 400, 'registry.invalid_request'],
  ])('%s', async (_what, body, status, code) => {
    expect(
      await registry.ask('PUT', '/subjects/depot.bad/versions/1.0.0', { body: { format: 'json-schema', ...body } }),
    ).toMatchObject({ status, body: { code } });
  });

  test.each([
    '/subjects/Depot',
    '/subjects/a..b',
    `/subjects/${'a'.repeat(201)}`,
    '/subjects/a/versions/1.x',
    '/subjects?limit=0',
    '/subjects/a/diff',
  ])('GET %s', async (url) => {
    expect(await registry.ask('GET', url)).toMatchObject({ status: 400, body: { code: 'registry.invalid_request' } });
  });

  test('references that multiply end in a refusal, soon', async () => {
    expect((await registry.put('depot.bomb', '1.0.0', bomb({ type: 'string' }))).status).toBe(201);
    const answer = await registry.put('depot.bomb', '1.1.0', bomb({ type: 'string', maxLength: 3 }));
    expect([answer.status, answer.body.code]).toEqual([422, 'registry.too_complex']);
  });

  test('a schema that holds itself is compared like any other', async () => {
    await registry.put('depot.tree', '1.0.0', tree({ type: 'string' }));
    expect((await registry.put('depot.tree', '1.0.1', tree({ type: ['string', 'null'] }))).status).toBe(201);
    expect((await registry.put('depot.tree', '1.0.2', tree({ type: 'integer' }))).status).toBe(409);
    const itself = { $defs: { a: { $ref: '#/$defs/a' }, b: { allOf: [{ $ref: '#/$defs/b' }] } }, $ref: '#/$defs/b' };
    await registry.put('depot.self', '1.0.0', itself);
    const again = await registry.put('depot.self', '1.0.1', { ...itself, title: 'Itself' });
    expect([again.status, again.body.code]).toEqual([422, 'registry.too_complex']);
  });
});
