import { randomUUID } from 'node:crypto';
import { removeSuite, addSuite } from '../suites/suite-administration.ts';
import { ignoreObservations as observe } from '@ashlar/telemetry';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { depot } from '../depot.fixture.ts';
import type { InvocationCaller } from '../invocation.ts';
import { advanceSaga } from './advance-saga.ts';
import { listSagas, showSaga } from './read-sagas.ts';
import { createSagaStand, registry, RETRY, type SagaStand } from './saga-stand.fixture.ts';
import { steerSaga } from './steer-saga.ts';

let stand: SagaStand;
let delivery: string;
let reader: InvocationCaller;
let steerer: InvocationCaller;
let foreigner: InvocationCaller;

beforeAll(async () => {
  stand = await createSagaStand();
  reader = await stand.project.addMember(['suites.sagas']);
  steerer = await stand.project.addMember(['suites.sagas', 'suites.steer']);
  const other = await stand.project.addOrganisation('other');
  foreigner = await stand.project.addMember(['suites.sagas', 'suites.steer'], other);
});
afterAll(() => stand?.[Symbol.asyncDispose]());
beforeEach(() => {
  delivery = randomUUID();
});

const titles = () => null;
const as = (caller: InvocationCaller) => stand.call({ caller });
const begin = async (): Promise<string> => {
  await stand.tell(await stand.emit(delivery, 'placed'));
  await stand.work();
  return (await stand.find(delivery))?.id ?? '';
};

test('only members with the permission see sagas, and only those of their organisation', async () => {
  const id = await begin();
  expect(await listSagas(as(reader), { key: delivery, limit: 5 }, titles)).toMatchObject([{ id, status: 'waiting' }]);
  expect(await listSagas(as(foreigner), { limit: 5 }, titles)).toEqual([]);
  await expect(showSaga(as(foreigner), id, titles)).rejects.toMatchObject({ code: 'common.not_found' });
  const nobody = await stand.project.addMember(['depot.read']);
  await expect(showSaga(as(nobody), id, titles)).rejects.toMatchObject({ code: 'common.permission_denied' });
  await expect(showSaga(as({ role: 'anon', claims: {} }), id, titles)).rejects.toMatchObject({
    code: 'common.unauthenticated',
  });
});

test('row-level security says the same to whoever reads the tables', async () => {
  const id = await begin();
  const seen = (caller: InvocationCaller) =>
    stand.project.test.database.transaction(
      {
        login: 'authenticator',
        role: 'authenticated',
        settings: [['request.jwt.claims', JSON.stringify(caller.claims)]],
      },
      async (tx) => {
        const count = async (table: string, column: string): Promise<number> =>
          (await tx.query(`select from suites.${table} where ${column} = $1`, [id])).rowCount;
        return [await count('sagas', 'id'), await count('saga_steps', 'saga_id'), await count('saga_log', 'saga_id')];
      },
    );
  expect(await seen(reader)).toEqual([1, 1, 2]);
  expect(await seen(foreigner)).toEqual([0, 0, 0]);
});

test('steering asks for a permission of its own, and for a saga of the own organisation', async () => {
  const id = await begin();
  const undo = { kind: 'undo', reason: 'No more' } as const;
  await expect(steerSaga(as(reader), id, undo, registry)).rejects.toMatchObject({ code: 'common.permission_denied' });
  await expect(steerSaga(as(foreigner), id, undo, registry)).rejects.toMatchObject({ code: 'common.not_found' });
  await steerSaga({ ...as(steerer), dryRun: true }, id, undo, registry);
  expect(await stand.find(delivery)).toMatchObject({ status: 'waiting' });
  await steerSaga(as(steerer), id, undo, registry);
  expect((await stand.find(delivery))?.log.at(-1)).toMatchObject({
    fact: { kind: 'undo', reason: 'No more' },
    actor: { kind: 'user', id: steerer.claims.sub },
  });
});

const asSuite = (text: string) =>
  stand.project.test.database.transaction({ login: 'service', role: 'courier' }, (tx) => tx.query(text));

test('a suite reaches no saga by itself', async () => {
  await begin();
  for (const text of [
    'select from suites.sagas',
    'update suites.saga_steps set state = $$done$$',
    'select suites.begin_sagas($$suites.steer$$, null)',
  ]) {
    await expect(asSuite(text)).rejects.toThrow(/permission denied/);
  }
});

test('processes that advance one instance at once do each step once', async () => {
  const events = await stand.emit(delivery, 'placed', 'paid');
  await stand.tell(events);
  const id = (await stand.find(delivery))?.id ?? '';
  const options = {
    database: stand.project.test.database,
    useCases: stand.project.useCases,
    find: registry.find,
    retry: RETRY,
    now: () => new Date(),
    onFault: () => undefined,
  };
  await Promise.all(Array.from({ length: 6 }, () => advanceSaga(id, options)));
  expect(await stand.find(delivery)).toMatchObject({ status: 'completed' });
  expect(await stand.acts(delivery)).toEqual(['load', 'drive']);
  expect((await stand.find(delivery))?.log).toHaveLength(5);
});

test('answers of a saga that lives outlast the day others are kept, and go once it has ended', async () => {
  await stand.mood(`load ${delivery}`, 'busy');
  const id = await begin();
  const kept = async () => {
    await stand.project.test.sql('set role suites_owner; select suites.sweep_answers(); reset role');
    return (
      await stand.project.test.sql(
        'select from suites.answers a join suites.saga_steps t on t.answer_id = a.id where t.saga_id = $1',
        [id],
      )
    ).length;
  };
  await stand.project.test.sql(`update suites.answers set created_at = now() - interval '3 days'`);
  expect(await kept()).toBe(1);
  await stand.steer(delivery, { kind: 'undo', reason: 'Over' });
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({ status: 'undone' });
  await stand.project.test.sql(`update suites.answers set created_at = now() - interval '3 days'`);
  expect(await kept()).toBe(0);
});

test('a step of a suite that is not there waits for a person; a project without the suite of the saga hears nothing', async () => {
  const administration = { host: stand.project.test.cluster, observe };
  const { ref } = stand.project.test;
  await removeSuite(administration, ref, depot, { withData: false });
  await begin();
  expect(await stand.find(delivery)).toMatchObject({
    status: 'needs_help',
    tasks: [{ task: 'step:store', state: 'open' }],
    steps: [{ state: 'stuck', lastError: expect.stringMatching(/^common\.suite_not_installed/) }],
  });
  await addSuite(administration, ref, depot);
  await stand.steer(delivery, { kind: 'retry' });
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({ status: 'waiting', steps: [{ state: 'done' }] });
  const other = randomUUID();
  const events = await stand.emit(other, 'placed');
  await stand.project.test.sql(`update suites.installed set removed_at = now() where name = 'courier'`);
  await stand.tell(events);
  await stand.project.test.sql(`update suites.installed set removed_at = null where name = 'courier'`);
  expect(await stand.find(other)).toBeNull();
});
