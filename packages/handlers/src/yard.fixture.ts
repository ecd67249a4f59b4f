import { type CommandContext, defineSuite, type QueryContext, useCase } from '@ashlar/kernel';
import { type Generated, sql } from 'kysely';
import { z } from 'zod';
import { storeParcel } from './depot.fixture.ts';

/** Another suite: what one may do with its neighbour. */
interface YardTables {
  readonly 'yard.trucks': { readonly id: string; readonly org_id: Generated<string>; readonly plate: string };
}

/** What it relies on of the depot, written down here. */
const parcelsOfDepot = {
  name: 'depot.list-parcels',
  input: z.object({ limit: z.int() }),
  output: z.object({ parcels: z.array(z.object({ code: z.string() })) }),
};

export const loadTruck = useCase('yard.load-truck', {
  summary: 'Loads what the depot has.',
  input: z.object({ plate: z.string() }),
  output: z.object({ codes: z.array(z.string()) }),
  errors: [],
  permission: 'yard.load',
  on: {},
  run: async (_input, { call }: CommandContext<YardTables>) => {
    const { parcels } = await call(parcelsOfDepot, { limit: 10 });
    return { codes: parcels.map(({ code }) => code) };
  },
});

/** Tries what it must not. */
export const trespass = useCase('yard.trespass', {
  summary: 'Writes into a neighbour.',
  input: z.object({ how: z.enum(['table', 'role', 'command', 'owner', 'event']) }),
  output: z.object({}),
  errors: [],
  permission: 'anyone',
  on: {},
  run: async ({ how }, { db, call, emit }: CommandContext<YardTables>) => {
    switch (how) {
      case 'table':
        await sql`select code from depot.parcels`.execute(db);
        return {};
      case 'role':
        await sql`reset role`.execute(db);
        await sql`set role depot`.execute(db);
        return {};
      case 'owner':
        await sql`alter table yard.trucks disable row level security`.execute(db);
        return {};
      case 'command':
        await call(storeParcel, { code: 'T', weight: '1' });
        return {};
      case 'event':
        emit({ type: 'depot.parcel.stored', subject: 'x', data: {} });
        return {};
    }
  },
});

const countTrucks = useCase('yard.count-trucks', {
  kind: 'query',
  summary: 'How many trucks there are.',
  input: z.object({}),
  output: z.object({ count: z.int() }),
  errors: [],
  permission: 'signed-in',
  on: { http: 'GET /trucks/count' },
  run: async (_input, { db }: QueryContext<YardTables>) => ({
    count: (await db.selectFrom('yard.trucks').select('id').execute()).length,
  }),
});

export const yard = defineSuite({
  name: 'yard',
  title: { en: 'Yard' },
  migrations: new URL('../fixtures/yard/', import.meta.url),
  useCases: [loadTruck, trespass, countTrucks],
  permissions: { 'yard.read': 'See trucks', 'yard.load': 'Load trucks' },
});
