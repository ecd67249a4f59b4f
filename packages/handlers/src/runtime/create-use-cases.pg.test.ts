import { randomUUID } from 'node:crypto';
import { createSuiteProject, DEFAULT_ORG, type SuiteProject } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { depot, listParcels, ParcelId, releaseParcel, storeParcel } from '../depot.fixture.ts';
import type { InvocationCaller } from '../invocation.ts';
import { loadTruck, trespass, yard } from '../yard.fixture.ts';

let project: SuiteProject;
let clerk: InvocationCaller;
let reader: InvocationCaller;
let foreigner: InvocationCaller;
let otherOrg: string;
let codes = 0;

beforeAll(async () => {
  project = await createSuiteProject({ suites: [depot, yard] });
  clerk = await project.addMember(['depot.read', 'depot.store', 'depot.release', 'yard.load']);
  reader = await project.addMember(['depot.read']);
  otherOrg = await project.addOrganisation('other');
  foreigner = await project.addMember(['depot.read', 'depot.store', 'depot.release'], otherOrg);
});
afterAll(() => project?.[Symbol.asyncDispose]());

const anon: InvocationCaller = { role: 'anon', claims: {} };
const parcel = (more: object = {}) => ({ code: `P-${(codes += 1)}`, weight: '500', ...more });
const rowsOf = async (code: string) =>
  (await project.test.sql<{ count: string }>('select count(*) from depot.parcels where code = $1', [code]))[0]?.count;

test('a command writes its state, one audit row and its events, and answers by its schema', async () => {
  const requestId = randomUUID();
  const stored = await project.call(storeParcel, parcel({ tags: ['a "b"', 'c,d', '\\e'] }), { as: clerk, requestId });
  expect(stored).toMatchObject({ weight: 500n, state: 'stored', version: 1, tags: ['a "b"', 'c,d', '\\e'] });
  expect(
    await project.test.sql('select org_id, created_by::text from depot.parcels where id = $1', [stored.id]),
  ).toEqual([{ org_id: DEFAULT_ORG, created_by: clerk.claims.sub }]);
  expect(await project.test.sql('select * from suites.audit where request_id = $1', [requestId])).toMatchObject([
    {
      org_id: DEFAULT_ORG,
      use_case: 'depot.store-parcel',
      via: 'test',
      actor_kind: 'user',
      actor_id: clerk.claims.sub,
      subject: stored.id,
      after: { code: stored.code, state: 'stored' },
    },
  ]);
  expect(
    await project.test.sql(
      'select type, subject, data, org, actor, aggregateversion::int, causationid from events.log where causationid = $1',
      [requestId],
    ),
  ).toEqual([
    {
      type: 'depot.parcel.stored',
      subject: stored.id,
      data: { parcelId: stored.id, weight: '500' },
      org: DEFAULT_ORG,
      actor: clerk.claims.sub,
      aggregateversion: 1,
      causationid: requestId,
    },
  ]);
});

const countAll = async () =>
  (
    await project.test.sql(
      'select (select count(*) from depot.parcels) p, (select count(*) from suites.audit) a, (select count(*) from events.log) e, (select count(*) from suites.answers) k',
    )
  )[0];

const untouched = async (run: () => Promise<unknown>, code: string) => {
  const before = await countAll();
  await expect(run()).rejects.toMatchObject({ code });
  expect(await countAll()).toEqual(before);
};

describe('a refusal undoes everything', () => {
  test.each<[string, object, string]>([
    ['a rule of the suite', { weight: '99999999' }, 'depot.too_heavy'],
    ['a type', { weight: 5 }, 'common.invalid_input'],
    ['an unknown member', { wieght: '5' }, 'common.invalid_input'],
    ['an unknown member inside', { sender: { name: 'x', nmae: 'y' } }, 'common.invalid_input'],
    ['a NUL', { code: 'a\0b' }, 'common.invalid_input'],
    ['a control character', { code: 'a\u001bb' }, 'common.invalid_input'],
    ['half a surrogate pair', { code: 'a\ud800b' }, 'common.invalid_input'],
    ['a long text', { code: 'x'.repeat(41) }, 'common.invalid_input'],
    ['a long list', { tags: Array.from({ length: 1001 }, () => 'x') }, 'common.invalid_input'],
    ['a rule of the database without words', { code: 'FORBIDDEN' }, '23514'],
  ])('by %s', (_what, more, code) =>
    untouched(
      () => project.useCases.invoke('depot.store-parcel', parcel(more), invocation({ idempotencyKey: randomUUID() })),
      code,
    ),
  );

  test('by a deferred rule of the database, in the words of the suite', async () => {
    const { code } = await project.call(storeParcel, parcel(), { as: clerk });
    await untouched(() => project.call(storeParcel, parcel({ code }), { as: clerk }), 'depot.code_taken');
    await untouched(() => project.call(storeParcel, parcel({ code }), { as: clerk, dryRun: true }), 'depot.code_taken');
  });

  test('by a permission that is not there', () =>
    untouched(() => project.call(storeParcel, parcel(), { as: reader }), 'common.permission_denied'));
  test('by nobody being signed in', () =>
    untouched(() => project.call(storeParcel, parcel(), { as: anon }), 'common.unauthenticated'));
  test('by an organisation the user is no member of', () =>
    untouched(() => project.call(storeParcel, parcel(), { as: clerk, orgId: otherOrg }), 'common.org_missing'));
  test('by an organisation nobody has', () =>
    untouched(() => project.call(storeParcel, parcel(), { orgId: randomUUID() }), 'common.org_missing'));
});

const invocation = (more: object = {}) =>
  ({ database: project.test.database, caller: clerk, via: 'test', requestId: randomUUID(), ...more }) as const;

test('all faults of an input are told at once, each by its place', async () => {
  const input = { code: '', weight: 'x', sender: { name: 5, age: 3 }, odd: 1 };
  await expect(project.useCases.invoke('depot.store-parcel', input, invocation())).rejects.toMatchObject({
    code: 'common.invalid_input',
    kind: 'unprocessable',
    params: { count: 5 },
    fields: [
      { pointer: '/sender/age', code: 'unknown_member' },
      { pointer: '/odd', code: 'unknown_member' },
      { pointer: '/code' },
      { pointer: '/weight' },
      { pointer: '/sender/name', code: 'invalid_type' },
    ],
  });
});

test('a version that is out of date is refused with the row as it is', async () => {
  const { id } = await project.call(storeParcel, parcel(), { as: clerk });
  const release = (expectedVersion: number) =>
    project.call(releaseParcel, { parcelId: id, expectedVersion }, { as: clerk });
  await expect(release(7)).rejects.toMatchObject({
    code: 'common.stale_version',
    kind: 'conflict',
    current: { id, state: 'stored', version: 1 },
  });
  expect(await release(1)).toMatchObject({ state: 'released', version: 2 });
  await expect(release(2)).rejects.toMatchObject({ code: 'common.illegal_transition' });
});

test('a key is answered from memory, at once or later, whoever is first', async () => {
  const input = parcel();
  const key = randomUUID();
  const ask = (again: object = input) =>
    project.useCases.invoke('depot.store-parcel', again, invocation({ idempotencyKey: key }));
  const together = await Promise.all(Array.from({ length: 5 }, () => ask()));
  expect(together.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(together.map(({ output }) => JSON.stringify(output))).size).toBe(1);
  expect(await ask(Object.fromEntries(Object.entries(input).toReversed()))).toEqual({
    output: together[0]?.output,
    replayed: true,
  });
  expect(await rowsOf(input.code)).toBe('1');
  await expect(ask({ ...input, weight: '501' })).rejects.toMatchObject({ code: 'common.idempotency_conflict' });
  // It is each caller's own.
  const others = await project.useCases.invoke('depot.store-parcel', parcel(), {
    ...invocation({ idempotencyKey: key }),
    caller: foreigner,
  });
  expect(others.replayed).toBe(false);
});

test('a key whose command was refused may try again', async () => {
  const { code } = await project.call(storeParcel, parcel(), { as: clerk });
  const idempotencyKey = randomUUID();
  const again = () => project.call(storeParcel, { code, weight: '7' }, { as: clerk, idempotencyKey });
  await expect(again()).rejects.toMatchObject({ code: 'depot.code_taken' });
  await project.test.sql('delete from depot.parcels where code = $1', [code]);
  expect(await again()).toMatchObject({ weight: 7n });
});

test('a dry run answers and leaves nothing, not even its key', async () => {
  const input = parcel();
  const idempotencyKey = randomUUID();
  const dry = await project.call(storeParcel, input, { as: clerk, dryRun: true, idempotencyKey });
  expect(dry).toMatchObject({ state: 'stored' });
  expect(await rowsOf(input.code)).toBe('0');
  await project.call(storeParcel, input, { as: clerk, idempotencyKey });
  expect(await rowsOf(input.code)).toBe('1');
});

test('rows of another organisation are not there, whoever asks', async () => {
  const { id } = await project.call(storeParcel, parcel(), { as: clerk });
  const release = (as: InvocationCaller, orgId?: string) =>
    project.call(releaseParcel, { parcelId: id }, { as, ...(orgId === undefined ? {} : { orgId }) });
  await expect(release(foreigner)).rejects.toMatchObject({ code: 'common.not_found' });
  const secret: InvocationCaller = { role: 'service_role', claims: { role: 'service_role' } };
  await expect(release(secret, otherOrg)).rejects.toMatchObject({ code: 'common.not_found' });
  for (const as of [foreigner, secret]) {
    const { parcels } = await project.call(listParcels, { limit: 100 }, { as, orgId: otherOrg });
    expect(parcels.map((one) => one.id)).not.toContain(id);
  }
  expect(await release(secret)).toMatchObject({ id, state: 'released' });
});

test('a query reads as the caller, and writes nothing', async () => {
  expect((await project.call(listParcels, { state: 'stored' }, { as: reader })).parcels.length).toBeGreaterThan(0);
  const stranger = await project.addMember([]);
  await expect(project.call(listParcels, {}, { as: stranger })).rejects.toMatchObject({
    code: 'common.permission_denied',
  });
});

test('one suite asks another by its contract, and reaches nothing else of it', async () => {
  const { codes: loaded } = await project.call(loadTruck, { plate: 'X' }, { as: clerk });
  expect(loaded.length).toBeGreaterThan(0);
  const outsider = await project.addMember(['yard.load']);
  await expect(project.call(loadTruck, { plate: 'X' }, { as: outsider })).rejects.toMatchObject({
    code: 'common.permission_denied',
    params: { permission: 'depot.read' },
  });
  const denied = { code: '42501' };
  for (const how of ['table', 'role', 'owner', 'event'] as const) {
    await expect(project.call(trespass, { how }), how).rejects.toMatchObject(denied);
  }
  await expect(project.call(trespass, { how: 'command' })).rejects.toThrow(/belongs into a saga/);
});

test('more than there are connections ask another suite at once, and none waits for the others', async () => {
  // Who asks others is known from the first time on.
  await project.call(loadTruck, { plate: 'Z' }, { as: clerk });
  const asked = Array.from({ length: 60 }, () => project.call(loadTruck, { plate: 'Z' }, { as: clerk }));
  expect((await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected')).toEqual([]);
});

test('people reach a table of a suite as its policies say, and never write it', async () => {
  await project.call(storeParcel, parcel(), { as: clerk });
  const asMember = async (caller: InvocationCaller, sql: string) => {
    await project.test.sql('begin');
    try {
      await project.test.sql(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify(caller.claims)]);
      await project.test.sql('set local role authenticated');
      return await project.test.sql(sql);
    } finally {
      await project.test.sql('rollback');
    }
  };
  expect((await asMember(reader, 'select * from depot.parcels')).length).toBeGreaterThan(0);
  expect(await asMember(await project.addMember([]), 'select * from depot.parcels')).toEqual([]);
  await expect(asMember(clerk, `update depot.parcels set state = 'released'`)).rejects.toMatchObject({ code: '42501' });
  await expect(asMember(clerk, 'select * from suites.answers')).rejects.toMatchObject({ code: '42501' });
  await expect(asMember(clerk, `select suites.add_audit('{}')`)).rejects.toMatchObject({ code: '42501' });
  expect(await asMember(clerk, 'select * from suites.audit')).toEqual([]);
  const auditor = await project.addMember(['suites.audit']);
  expect((await asMember(auditor, 'select * from suites.audit')).length).toBeGreaterThan(0);
});

test('commands in each other’s way are tried again until each was done', async () => {
  const { id } = await project.call(storeParcel, parcel(), { as: clerk });
  const answers = await Promise.allSettled(
    Array.from({ length: 8 }, () => project.call(releaseParcel, { parcelId: id }, { as: clerk })),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const answer of answers) {
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'common.illegal_transition' });
  }
});

test('what no project has is not there', async () => {
  const input = { parcelId: ParcelId.parse(randomUUID()) };
  await expect(project.useCases.invoke('depot.burn-parcel', input, invocation())).rejects.toMatchObject({
    code: 'common.use_case_unknown',
  });
  await expect(project.useCases.invoke('release-parcel', input, invocation())).rejects.toMatchObject({
    code: 'common.use_case_unknown',
  });
});
