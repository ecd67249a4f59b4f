import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { brandedId } from './branded-id.ts';
import { commonErrors } from './common-errors.ts';
import { accept, type Decision, isRefused, refuse } from './decision.ts';
import { eventType } from './event-type.ts';
import { refuseStale } from './refuse-stale.ts';
import { defineSuite, type SuiteDefinition } from './suite.ts';
import type { CommandContext, QueryContext } from './use-case-context.ts';
import { useCase } from './use-case.ts';

interface Tables {
  readonly boxes: { readonly id: string; readonly size: number };
}

const BoxId = brandedId('BoxId');
type BoxId = z.output<typeof BoxId>;

const filled = eventType('store.box.filled', { summary: 'A box is full.', data: z.object({ size: z.int() }) });

const fillBox = useCase('store.fill-box', {
  summary: 'Fills a box.',
  input: z.object({ boxId: BoxId, size: z.int().positive() }),
  output: z.object({ id: BoxId, size: z.int() }),
  errors: [],
  permission: 'store.fill',
  on: {
    http: 'POST /boxes/:boxId/fill',
    event: { type: 'store.box.bought', input: ({ subject }) => ({ boxId: subject ?? '', size: 1 }) },
  },
  run: async ({ boxId, size }, { db, emit }: CommandContext<Tables>) => {
    expectTypeOf(boxId).toEqualTypeOf<BoxId>();
    const row = await db.selectFrom('boxes').select('size').where('id', '=', boxId).executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'box', id: boxId }));
    emit(filled.of({ subject: boxId, data: { size } }));
    return { id: boxId, size: row.size };
  },
});

const listBoxes = useCase('store.list-boxes', {
  kind: 'query',
  summary: 'All boxes.',
  input: z.object({}),
  output: z.object({ boxes: z.array(z.object({ id: BoxId })) }),
  errors: [],
  permission: 'signed-in',
  on: { http: 'GET /boxes' },
  run: async (_input, { db }: QueryContext<Tables>) => ({
    boxes: (await db.selectFrom('boxes').select('id').execute()).map(({ id }) => ({ id: BoxId.parse(id) })),
  }),
});

const store: SuiteDefinition = {
  name: 'store',
  title: { en: 'Store' },
  migrations: new URL('../migrations/', import.meta.url),
  useCases: [fillBox, listBoxes],
  events: [filled],
  permissions: { 'store.fill': 'Fill boxes' },
};

test('a suite finds its use cases by their names', () => {
  const suite = defineSuite(store);
  expect(suite.schema).toBe('store');
  expect(suite.find('store.fill-box')).toBe(fillBox);
  expect(suite.find('list-boxes')).toBe(listBoxes);
  expect(suite.find('burn')).toBeUndefined();
  expect(fillBox.kind).toBe('command');
});

test.each<[string, Partial<SuiteDefinition>]>([
  ['a name in capitals', { name: 'Store' }],
  ['a use case of another suite', { useCases: [useCase('shop.sell', listBoxes)] }],
  ['a use case named twice', { useCases: [fillBox, fillBox] }],
  ['a permission nobody declared', { permissions: {} }],
  ['a permission of another suite', { permissions: { 'store.fill': 'Fill', 'shop.fill': 'Fill' } }],
  [
    'a schedule of what it does not have',
    { schedules: [{ name: 'store.nightly', cron: '0 0 * * *', useCase: listBoxes, input: {} }], useCases: [fillBox] },
  ],
  [
    'two schedules of one name',
    {
      schedules: Array.from({ length: 2 }, () => ({ name: 'store.n', cron: '0 0 * * *', useCase: fillBox, input: {} })),
    },
  ],
  [
    'a document told by a command',
    {
      documents: [
        {
          name: 'store.list',
          summary: 'A list',
          route: 'GET /list/pdf',
          useCase: fillBox,
          papers: ['a4'],
          print: () => {
            throw new Error('never printed');
          },
        },
      ],
    },
  ],
])('%s is no suite', (_what, change) => {
  expect(() => defineSuite({ ...store, ...change })).toThrow(/^Suite /);
});

test('a use case and an event are named by their suite', () => {
  expect(() => useCase('fill', fillBox)).toThrow(/inventory\.reserve-stock/);
  expect(() => useCase('store.fillBox', fillBox)).toThrow(/inventory\.reserve-stock/);
  expect(() => eventType('store.filled', { summary: '', data: z.object({}) })).toThrow(/order\.order\.placed/);
});

test('an id is of its own kind, and written in one way', () => {
  expect(BoxId.parse('018F0000-0000-7000-8000-00000000000A')).toBe('018f0000-0000-7000-8000-00000000000a');
  expect(BoxId.safeParse('box').success).toBe(false);
  expectTypeOf<string>().not.toExtend<BoxId>();
});

test('a fact is written by the schema of its type', () => {
  expect(filled.of({ subject: 'b-1', version: 2, data: { size: 3 } })).toEqual({
    type: 'store.box.filled',
    subject: 'b-1',
    data: { size: 3 },
    aggregateversion: 2,
  });
  expect(() => filled.of({ subject: 'b-1', data: { size: 0.5 } })).toThrow();
});

const decide = (open: boolean): Decision<{ readonly type: 'closed' }> =>
  open
    ? accept({ type: 'closed' })
    : refuse(commonErrors.illegalTransition({ from: 'shut', to: 'closed', allowed: [] }));

test('a decision is facts or a refusal', () => {
  expect(decide(true)).toMatchObject({ accepted: true, events: [{ type: 'closed' }] });
  const refused = decide(false);
  expect(isRefused(refused)).toBe(true);
  expect(isRefused({ accepted: false })).toBe(false);
});

test('what is out of date is refused with what it is now', () => {
  expect(refuseStale(3, undefined, {})).toBeNull();
  expect(refuseStale(3, 3, {})).toBeNull();
  expect(refuseStale(4, 3, { size: 1 })?.error).toMatchObject({ code: 'common.stale_version', current: { size: 1 } });
});
