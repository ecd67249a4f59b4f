import { randomUUID } from 'node:crypto';
import { createLogStream, deliverEvents } from '@ashlar/postgres';
import { createSuiteProject, type SuiteProject } from '@ashlar/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import { ignoreObservations } from '@ashlar/telemetry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { depot, listParcels, releaseParcel, storeParcel } from './depot.fixture.ts';
import { suiteSubscriptions } from './event/suite-subscriptions.ts';
import { type HandlerDriver, type Handlers, openHandlers } from './handler-drivers.fixture.ts';
import type { InvocationCaller } from './invocation.ts';

let fixture: SuiteProject;
let handlers: Handlers;
let clerk: InvocationCaller;
let reader: InvocationCaller;
let foreigner: InvocationCaller;
let codes = 0;
const anon: InvocationCaller = { role: 'anon', claims: {} };

beforeAll(async () => {
  fixture = await createSuiteProject({ suites: [depot] });
  handlers = await openHandlers(fixture, depot);
  clerk = await fixture.addMember(['depot.read', 'depot.store', 'depot.release']);
  reader = await fixture.addMember(['depot.read']);
  foreigner = await fixture.addMember(['depot.read', 'depot.release'], await fixture.addOrganisation('other'));
});
afterAll(async () => {
  await handlers?.[Symbol.asyncDispose]();
  await fixture?.[Symbol.asyncDispose]();
});

const parcel = (more: object = {}) => ({ code: `C-${(codes += 1)}`, weight: '500', ...more });
const countRows = async (code: string) =>
  Number(
    (await fixture.test.sql<{ n: string }>('select count(*) as n from depot.parcels where code = $1', [code]))[0]?.n,
  );

/** Every handler, and what the audit trail calls it. */
const VIA: Readonly<Record<string, string>> = {
  HTTP: 'http',
  'command line': 'cli',
  MCP: 'mcp',
  job: 'job',
  Connect: 'grpc',
  'Connect in bytes': 'grpc',
  'gRPC-Web': 'grpc',
  gRPC: 'grpc',
  GraphQL: 'graphql',
};

/** The same cases for each way to a use case: it validates, authorizes, answers and fails like all others. */
describe.each(Object.keys(VIA))('a use case over %s', (name) => {
  const driver = (): HandlerDriver => {
    const found = handlers.drivers.find((one) => one.name === name);
    if (found === undefined) throw new Error(`There is no handler ${name}`);
    return found;
  };

  test('does what it says and answers by its schema', async () => {
    const input = parcel({ tags: ['x'] });
    const { output, code } = await driver().call(storeParcel, input, { as: clerk });
    expect(code).toBeUndefined();
    expect(output).toEqual({ id: expect.any(String), ...input, state: 'stored', version: 1 });
    expect(await countRows(input.code)).toBe(1);
    const [row] = await fixture.test.sql('select via, actor_id from suites.audit order by at desc, id desc limit 1');
    expect(row).toEqual({ via: VIA[name], actor_id: clerk.claims.sub });
  });

  test('tells every fault of an input by its place, and does nothing', async () => {
    const input = { code: 'a\0b', weight: '5' };
    expect(await driver().call(storeParcel, input, { as: clerk })).toMatchObject({
      code: 'common.invalid_input',
      pointers: ['/code'],
    });
    const typed = { code: '', weight: '7 kg', tags: ['x'.repeat(21)] };
    const isTyped = driver().typed === true;
    const told = await driver().call(storeParcel, isTyped ? typed : { ...typed, weight: 7, odd: true }, { as: clerk });
    expect(told.code).toBe('common.invalid_input');
    const places = ['/code', '/tags/0', '/weight', ...(isTyped ? [] : ['/odd'])];
    expect(told.pointers?.toSorted()).toEqual(places.toSorted());
  });

  test('is refused to those who may not', async () => {
    const input = parcel();
    expect(await driver().call(storeParcel, input, { as: reader })).toMatchObject({ code: 'common.permission_denied' });
    expect(await driver().call(storeParcel, input, { as: anon })).toMatchObject({ code: 'common.unauthenticated' });
    expect(await countRows(input.code)).toBe(0);
  });

  test('refuses by the rules of its suite', async () => {
    expect(await driver().call(storeParcel, parcel({ weight: '9999999' }), { as: clerk })).toMatchObject({
      code: 'depot.too_heavy',
    });
    const input = parcel();
    await driver().call(storeParcel, input, { as: clerk });
    expect(await driver().call(storeParcel, input, { as: clerk })).toMatchObject({ code: 'depot.code_taken' });
  });

  test('knows nothing of another organisation', async () => {
    const { id } = await fixture.call(storeParcel, parcel());
    expect(await driver().call(releaseParcel, { parcelId: id }, { as: foreigner })).toMatchObject({
      code: 'common.not_found',
    });
  });

  test('refuses what is out of date, with the row as it is where its clients can be told', async () => {
    const { id } = await fixture.call(storeParcel, parcel());
    const told = await driver().call(releaseParcel, { parcelId: id, expectedVersion: 9 }, { as: clerk });
    expect(told.code).toBe('common.stale_version');
    if (driver().offers.has('current')) expect(told.current).toEqual({ id, state: 'stored', version: 1 });
    const released = await driver().call(releaseParcel, { parcelId: id, expectedVersion: 1 }, { as: clerk });
    expect(released.output).toEqual({ id, state: 'released', version: 2 });
  });

  test('is done once for a key, and not at all in a dry run', async () => {
    const { offers } = driver();
    if (!offers.has('key')) return;
    const input = parcel();
    const key = randomUUID();
    const dry = await driver().call(storeParcel, input, { as: clerk, key, dryRun: true });
    expect(dry.output).toMatchObject({ code: input.code });
    expect(await countRows(input.code)).toBe(0);
    const first = await driver().call(storeParcel, input, { as: clerk, key });
    const second = await driver().call(storeParcel, input, { as: clerk, key });
    expect(second.output).toEqual(first.output);
    if (offers.has('replayed')) expect(second.replayed).toBe(true);
    expect(await countRows(input.code)).toBe(1);
    expect(await driver().call(storeParcel, { ...input, weight: '1' }, { as: clerk, key })).toMatchObject({
      code: 'common.idempotency_conflict',
    });
  });

  test('reads as its caller, where it can be read', async () => {
    if (name === 'job') return;
    const seen = await driver().call(listParcels, { limit: 2 }, { as: reader });
    expect(seen.output).toMatchObject({ parcels: [{ weight: '500' }, { version: 1 }] });
    expect((await driver().call(listParcels, {}, { as: foreigner })).output).toEqual({ parcels: [] });
    expect(await driver().call(listParcels, { limit: 1000 }, { as: reader })).toMatchObject({
      code: 'common.invalid_input',
      pointers: ['/limit'],
    });
  });
});

test('an event is done once whatever happens, for its organisation and actor, and parked when it is refused', async () => {
  const { test: project } = fixture;
  const observe = ignoreObservations;
  const stream = createLogStream({
    project: project.ref,
    access: project.cluster.admin(project.target.database),
    observe,
  });
  const delivery = deliverEvents({
    project: project.ref,
    database: project.database,
    stream,
    observe,
    subscriptions: suiteSubscriptions(depot, fixture.useCases, project.database),
    retry: { attempts: 2, firstMs: 1, longestMs: 2 },
  });
  try {
    await expect.poll(() => project.sql('select from events.consumers'), { timeout: 30_000 }).toHaveLength(1);
    const announce = (data: object) =>
      project.sql(
        `begin; select set_config('request.jwt.claims', '${JSON.stringify({ sub: clerk.claims.sub, role: 'authenticated' })}', true);
         select events.emit('app.parcel.announced', 'p', '${JSON.stringify(data)}'); commit`,
      );
    await announce({ code: 'E-1', weight: '7' });
    await announce({ code: 'E-2', weight: '99999999' });
    await announce({ code: 'E-3', weight: 'much' });
    const parked = () => project.sql(`select state from events.dead_letters where state = 'dead'`);
    await expect.poll(() => countRows('E-1'), { timeout: 30_000 }).toBe(1);
    await expect.poll(async () => (await parked()).length, { timeout: 30_000 }).toBeGreaterThan(0);
    const [letter] = await project.sql<{ error: string }>('select error from events.dead_letters order by seq limit 1');
    expect(letter?.error).toMatch(/shelf carries/);
    const rows = await project.sql(`select use_case, actor_kind, actor_id from suites.audit where via = 'event'`);
    expect(rows).toEqual([{ use_case: 'depot.store-parcel', actor_kind: 'user', actor_id: clerk.claims.sub }]);
    expect(await countRows('E-2')).toBe(0);
  } finally {
    await delivery.close();
    await stream.close();
    await stream.forget();
  }
});

const toolsOf = async (as: InvocationCaller) => {
  const client = await handlers.connectMcp(as);
  const { tools } = await client.listTools();
  await client.close();
  return tools;
};

test('a client of the tools sees what it may use, and nothing else', async () => {
  expect((await toolsOf(reader)).map(({ name }) => name)).toEqual(['depot_list-parcels']);
  expect(await toolsOf(anon)).toEqual([]);
  const all = await toolsOf(clerk);
  expect(all.map(({ name }) => name)).toEqual(['depot_store-parcel', 'depot_release-parcel', 'depot_list-parcels']);
  expect(all[0]).toMatchObject({
    description: 'Takes a parcel in.',
    inputSchema: { type: 'object', required: ['code', 'weight'], properties: { dry_run: { type: 'boolean' } } },
    annotations: { readOnlyHint: false, destructiveHint: true },
  });
  expect(all[2]?.annotations).toMatchObject({ readOnlyHint: true });
});

const readDocument = async (path: string) => {
  const headers = handlers.headersOf('depot', reader);
  const response = await handlers.suiteApp.app.inject({ url: `/depot/v1/${path}`, headers });
  expect(response.statusCode).toBe(200);
  return response.json();
};

test('the documents of a suite are valid and say what its use cases take', async () => {
  const openApi = await readDocument('openapi.json');
  expect(await new Validator().validate(structuredClone(openApi))).toEqual({ valid: true });
  expect(Object.keys(openApi.paths)).toEqual(['/parcels', '/parcels/{parcelId}/release']);
  expect(openApi.paths['/parcels'].post).toMatchObject({
    operationId: 'storeParcel',
    'x-ashlar-permission': 'depot.store',
    requestBody: {
      content: { 'application/json': { schema: { additionalProperties: false, required: ['code', 'weight'] } } },
    },
  });
  expect(openApi.paths['/parcels'].post.responses['422'].description).toContain('depot.too_heavy');
  const asyncApi = await readDocument('asyncapi.json');
  expect(asyncApi.asyncapi).toBe('3.0.0');
  expect(Object.keys(asyncApi.channels)).toEqual([
    'depot-parcel-stored',
    'depot-parcel-released',
    'app-parcel-announced',
  ]);
});

test.each([
  ['POST', '/parcels', 'not json', 400, 'door.malformed'],
  ['POST', '/parcels', '[]', 400, 'common.malformed'],
  ['POST', '/parcels', '"x"', 400, 'common.malformed'],
  ['GET', '/nowhere', undefined, 404, 'common.not_found'],
  ['DELETE', '/parcels', undefined, 404, 'common.not_found'],
  ['GET', '/parcels?limit=1e9', undefined, 422, 'common.invalid_input'],
  ['GET', '/parcels?limit=1&limit=2', undefined, 422, 'common.invalid_input'],
  ['GET', '/parcels?unknown=1', undefined, 422, 'common.invalid_input'],
  ['POST', '/parcels/none/release', '{}', 422, 'common.invalid_input'],
  [
    'POST',
    '/parcels/018f0000-0000-7000-8000-000000000000/release',
    '{"parcelId":"018f0000-0000-7000-8000-000000000001"}',
    422,
    'common.invalid_input',
  ],
] as const)('%s %s with %s is answered %i', async (method, url, payload, status, code) => {
  const response = await handlers.suiteApp.app.inject({
    method,
    url: `/depot/v1${url}`,
    headers: {
      ...handlers.headersOf('depot', clerk),
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(payload === undefined ? {} : { payload }),
  });
  expect({ status: response.statusCode, body: response.json() }).toMatchObject({
    status,
    body: { code, status, type: `urn:ashlar:error:${code}`, trace_id: expect.any(String), retryable: false },
  });
});

test('a fault of ours tells nothing of itself, and is noted', async () => {
  const seen = handlers.observed.length;
  const [http] = handlers.drivers;
  expect(await http?.call(storeParcel, parcel({ code: 'FORBIDDEN' }), { as: clerk })).toEqual({
    code: 'internal',
    pointers: [],
  });
  expect(handlers.observed.slice(seen)).toContainEqual(expect.objectContaining({ kind: 'request.failed' }));
});
