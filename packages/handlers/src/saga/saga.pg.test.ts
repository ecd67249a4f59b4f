import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PAYMENT_WINDOW_MS } from '../courier.fixture.ts';
import { createSagaStand, RETRY, type SagaStand } from './saga-stand.fixture.ts';

let stand: SagaStand;
let delivery: string;

beforeAll(async () => {
  stand = await createSagaStand();
});
afterAll(() => stand?.[Symbol.asyncDispose]());
beforeEach(() => {
  delivery = randomUUID();
});

const parcel = async () =>
  (await stand.project.test.sql<{ state: string }>('select state from depot.parcels where code = $1', [delivery])).map(
    ({ state }) => state,
  );
const stepsOf = async () =>
  (await stand.find(delivery))?.steps.map((step) => {
    const { name, state } = step as { readonly name: string; readonly state: string };
    return `${name} ${state}`;
  });
const factsOf = async () =>
  (await stand.find(delivery))?.log.map((row) => (row as { readonly fact: { readonly kind: string } }).fact.kind);

test.each(['in their order', 'the other way round'])('two events %s lead to the same end', async (how) => {
  const events = await stand.emit(delivery, 'placed', 'paid');
  await stand.tell(how === 'in their order' ? events : events.toReversed());
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({ status: 'completed', tasks: [], deadlines: [] });
  expect(await stepsOf()).toEqual(['store done', 'load done', 'drive done']);
  expect(await stand.acts(delivery)).toEqual(['load', 'drive']);
});

test('what is heard before the start is kept, and nothing is done about it before', async () => {
  const events = await stand.emit(delivery, 'placed', 'paid');
  await stand.tell(events.slice(1));
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({ status: 'waiting', startedAt: null, steps: [] });
  await stand.tell(events.slice(0, 1));
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({ status: 'completed' });
});

test('the second event may come after the first steps, and each event as often as it likes', async () => {
  const [placed, paid] = await stand.emit(delivery, 'placed', 'paid');
  if (placed === undefined || paid === undefined) throw new Error('Two events were emitted');
  await stand.tell([placed, placed]);
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({ status: 'waiting', steps: [{ name: 'store', state: 'done' }] });
  await stand.tell([placed, paid, paid]);
  await stand.work();
  await stand.tell([placed, paid]);
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({ status: 'completed' });
  expect(await factsOf()).toEqual(['event', 'done', 'event', 'done', 'done']);
  expect(await stand.acts(delivery)).toEqual(['load', 'drive']);
});

test('steps are done as the platform for the organisation, and their events tell which process they are of', async () => {
  await stand.tell(await stand.emit(delivery, 'placed'));
  await stand.work();
  const saga = await stand.find(delivery);
  expect(
    await stand.project.test.sql(
      `select a.use_case, a.via, a.actor_kind, e.correlationid, e.causationid = a.request_id as "isCaused"
       from suites.audit a join events.log e on e.subject = a.subject where a.request_id = $1`,
      [`${saga?.id}:store`],
    ),
  ).toEqual([
    { use_case: 'depot.store-parcel', via: 'saga', actor_kind: 'system', correlationid: saga?.id, isCaused: true },
  ]);
});

test('a refused step is undone in the order of the plan', async () => {
  await stand.mood(`drive ${delivery}`, 'refuse');
  await stand.tell(await stand.emit(delivery, 'placed', 'paid'));
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({ status: 'undone' });
  expect(await stepsOf()).toEqual(['store done', 'load done', 'drive refused', 'refund done', 'release done']);
  expect(await parcel()).toEqual(['released']);
  expect(await stand.acts(delivery)).toEqual(['load', 'refund']);
});

test('what fails and may succeed is tried again with growing pauses', async () => {
  await stand.mood(`drive ${delivery}`, 'busy');
  await stand.tell(await stand.emit(delivery, 'placed', 'paid'));
  await stand.work();
  const failing = await stand.find(delivery);
  expect(failing).toMatchObject({ status: 'running' });
  expect(failing?.steps.at(-1)).toMatchObject({
    state: 'failing',
    attempts: 1,
    lastError: expect.stringMatching(/^common\.busy: /),
    nextAttemptAt: expect.any(String),
  });
  // Looking at it before its time is not an attempt.
  await stand.tell(await stand.emit(delivery));
  await stand.work();
  expect((await stand.find(delivery))?.steps.at(-1)).toMatchObject({ attempts: 1 });
  await stand.mood(`drive ${delivery}`, null);
  await stand.work(RETRY.longestMs);
  expect(await stand.find(delivery)).toMatchObject({ status: 'completed' });
  expect((await stand.find(delivery))?.steps.at(-1)).toMatchObject({ state: 'done', attempts: 2, lastError: null });
});

test('a step that failed often enough waits for a person, who lets it be tried again', async () => {
  await stand.mood(`load ${delivery}`, 'busy');
  await stand.tell(await stand.emit(delivery, 'placed', 'paid'));
  await stand.work(60_000);
  const stuck = await stand.find(delivery);
  expect(stuck).toMatchObject({ status: 'needs_help', tasks: [{ task: 'step:load', state: 'open' }] });
  expect(stuck?.steps.at(-1)).toMatchObject({ state: 'stuck', attempts: RETRY.attempts });
  expect(stand.jobs.filter(({ lane }) => lane === stuck?.id)).toEqual([]);
  await stand.mood(`load ${delivery}`, null);
  await stand.steer(delivery, { kind: 'retry' });
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({ status: 'completed', tasks: [{ state: 'settled' }] });
});

test('a stuck step that a person gives up counts as refused', async () => {
  await stand.mood(`load ${delivery}`, 'busy');
  await stand.tell(await stand.emit(delivery, 'placed', 'paid'));
  await stand.work(60_000);
  await stand.steer(delivery, { kind: 'settle', task: 'step:load', note: 'The van is gone' });
  await stand.mood(`load ${delivery}`, null);
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({
    status: 'undone',
    state: { refused: ['load: common.step_withdrawn'] },
  });
  expect(await stand.acts(delivery)).toEqual(['refund']);
});

test('a time that has come is a fact', async () => {
  await stand.tell(await stand.emit(delivery, 'placed'));
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({
    status: 'waiting',
    deadlines: [{ name: 'payment', toldAt: null }],
  });
  await stand.work(PAYMENT_WINDOW_MS + 1_000);
  expect(await stand.find(delivery)).toMatchObject({ status: 'undone' });
  expect(await factsOf()).toEqual(['event', 'done', 'due', 'done']);
  expect(await parcel()).toEqual(['released']);
});

test('a time that is no longer set never comes', async () => {
  await stand.tell(await stand.emit(delivery, 'placed', 'paid'));
  await stand.work(PAYMENT_WINDOW_MS + 1_000);
  expect(await factsOf()).not.toContain('due');
});

test('what a saga asks a person to settle holds its end up', async () => {
  for (const what of ['drive', 'refund']) await stand.mood(`${what} ${delivery}`, 'refuse');
  await stand.tell(await stand.emit(delivery, 'placed', 'paid'));
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({
    status: 'needs_help',
    tasks: [{ task: 'refund-by-hand', title: { en: 'Give the money back' }, state: 'open' }],
  });
  const settle = { kind: 'settle', task: 'refund-by-hand', note: 'Paid in cash' } as const;
  await stand.steer(delivery, settle);
  await stand.steer(delivery, settle);
  await stand.work();
  expect(await stand.find(delivery)).toMatchObject({ status: 'undone', tasks: [{ note: 'Paid in cash' }] });
  expect((await factsOf())?.filter((kind) => kind === 'settled')).toHaveLength(1);
});

test('a person has it undone while a step keeps failing: the step is never done any more', async () => {
  await stand.mood(`load ${delivery}`, 'busy');
  await stand.tell(await stand.emit(delivery, 'placed', 'paid'));
  await stand.work();
  const undone = await stand.steer(delivery, { kind: 'undo', reason: 'The customer left' });
  expect(undone).toMatchObject({ status: 'running' });
  await stand.mood(`load ${delivery}`, null);
  await stand.work(60_000);
  expect(await stepsOf()).toEqual(['store done', 'load refused', 'refund done', 'release done']);
  expect(await stand.acts(delivery)).toEqual(['refund']);
  expect(
    await stand.project.test.sql('select use_case, reason, actor_kind, after from suites.audit where subject = $1', [
      undone.id,
    ]),
  ).toEqual([
    { use_case: 'suites.undo-saga', reason: 'The customer left', actor_kind: 'service', after: { status: 'running' } },
  ]);
  await expect(stand.steer(delivery, { kind: 'undo', reason: 'Again' })).rejects.toMatchObject({
    code: 'common.illegal_transition',
  });
});
