import {
  brandedId,
  type CommandContext,
  commonErrors,
  defineErrors,
  defineSuite,
  eventType,
  type QueryContext,
  refuse,
  refuseStale,
  useCase,
} from '@ashlar/kernel';
import type { Generated } from 'kysely';
import { z } from 'zod';

/** The smallest suite that has everything: what all handlers are tried on. */
export const ParcelId = brandedId('ParcelId');
export type ParcelId = z.output<typeof ParcelId>;

interface DepotTables {
  readonly 'depot.parcels': {
    readonly id: ParcelId;
    readonly org_id: Generated<string>;
    readonly version: Generated<number>;
    readonly code: string;
    readonly weight_g: bigint;
    readonly state: 'stored' | 'released';
    readonly tags: Generated<readonly string[]>;
    readonly created_at: Generated<Date>;
    readonly created_by: Generated<string | null>;
  };
}

const depotErrors = defineErrors('depot', {
  tooHeavy: { kind: 'unprocessable', title: '{weight} g are more than the {limit} g a shelf carries' },
  codeTaken: { kind: 'conflict', title: 'Another parcel has this code' },
});

/** On the wire a text of digits: no client's number loses any. */
const Grams = z.codec(z.string().regex(/^[1-9]\d{0,17}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (grams) => String(grams),
});

const Parcel = z.object({
  id: ParcelId,
  code: z.string(),
  weight: Grams,
  state: z.enum(['stored', 'released']),
  tags: z.array(z.string()),
  version: z.int(),
});

const parcelStored = eventType('depot.parcel.stored', {
  summary: 'A parcel came into the depot.',
  data: z.object({ parcelId: ParcelId, weight: Grams }),
});
const parcelReleased = eventType('depot.parcel.released', {
  summary: 'A parcel left the depot.',
  data: z.object({ parcelId: ParcelId }),
});

const SHELF_LIMIT_G = 1_000_000n;

export const storeParcel = useCase('depot.store-parcel', {
  summary: 'Takes a parcel in.',
  input: z.object({
    code: z.string().trim().min(1).max(40),
    weight: Grams,
    tags: z.array(z.string().max(20)).max(5).optional(),
    sender: z.object({ name: z.string().max(100) }).optional(),
  }),
  output: Parcel,
  errors: [depotErrors.tooHeavy, depotErrors.codeTaken],
  permission: 'depot.store',
  on: {
    http: 'POST /parcels',
    graphql: 'mutation',
    grpc: true,
    job: true,
    mcp: true,
    event: {
      type: 'app.parcel.announced',
      input: ({ data }) => ({ code: String(data.code), weight: String(data.weight) }),
    },
  },
  run: async ({ code, weight, tags = [] }, { db, emit, audit, newId, orgId }: CommandContext<DepotTables>) => {
    if (weight > SHELF_LIMIT_G) {
      return refuse(depotErrors.tooHeavy({ weight: String(weight), limit: String(SHELF_LIMIT_G) }));
    }
    const id = newId(ParcelId);
    const row = { id, code, weight_g: weight, state: 'stored' as const, tags, org_id: orgId };
    await db.insertInto('depot.parcels').values(row).execute();
    emit(parcelStored.of({ subject: id, version: 1, data: { parcelId: id, weight } }));
    audit({ subject: id, after: { code, state: 'stored' } });
    return { id, code, weight, state: 'stored' as const, tags: [...tags], version: 1 };
  },
});

export const releaseParcel = useCase('depot.release-parcel', {
  summary: 'Hands a parcel out.',
  input: z.object({ parcelId: ParcelId, expectedVersion: z.int().optional() }),
  output: z.object({ id: ParcelId, state: z.enum(['stored', 'released']), version: z.int() }),
  errors: [],
  permission: 'depot.release',
  on: { http: 'POST /parcels/:parcelId/release', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ parcelId, expectedVersion }, { db, emit, audit }: CommandContext<DepotTables>) => {
    const parcel = await db
      .selectFrom('depot.parcels')
      .select(['state', 'version'])
      .where('id', '=', parcelId)
      .forUpdate()
      .executeTakeFirst();
    if (parcel === undefined) return refuse(commonErrors.notFound({ what: 'parcel', id: parcelId }));
    const { state, version } = parcel;
    const stale = refuseStale(version, expectedVersion, { id: parcelId, state, version });
    if (stale !== null) return stale;
    if (state !== 'stored') {
      return refuse(commonErrors.illegalTransition({ from: state, to: 'released', allowed: [] }));
    }
    const next = version + 1;
    await db
      .updateTable('depot.parcels')
      .set({ state: 'released', version: next })
      .where('id', '=', parcelId)
      .execute();
    emit(parcelReleased.of({ subject: parcelId, version: next, data: { parcelId } }));
    audit({ subject: parcelId, before: { state }, after: { state: 'released' } });
    return { id: parcelId, state: 'released' as const, version: next };
  },
});

export const listParcels = useCase('depot.list-parcels', {
  kind: 'query',
  summary: 'Parcels by their codes.',
  input: z.object({
    state: z.enum(['stored', 'released']).optional(),
    limit: z.int().min(1).max(100).default(20),
  }),
  output: z.object({ parcels: z.array(Parcel) }),
  errors: [],
  permission: 'depot.read',
  on: { http: 'GET /parcels', graphql: 'query', grpc: true, mcp: true },
  run: async ({ state, limit }, { db }: QueryContext<DepotTables>) => {
    let query = db.selectFrom('depot.parcels').selectAll().orderBy('code').limit(limit);
    if (state !== undefined) query = query.where('state', '=', state);
    const rows = await query.execute();
    return {
      parcels: rows.map((row) => ({
        id: row.id,
        code: row.code,
        weight: row.weight_g,
        state: row.state,
        tags: [...row.tags],
        version: row.version,
      })),
    };
  },
});

export const depot = defineSuite({
  name: 'depot',
  title: { en: 'Depot', ar: 'المستودع' },
  migrations: new URL('../fixtures/depot/', import.meta.url),
  useCases: [storeParcel, releaseParcel, listParcels],
  events: [parcelStored, parcelReleased],
  permissions: {
    'depot.read': 'See parcels',
    'depot.store': 'Take parcels in',
    'depot.release': 'Hand parcels out',
  },
  roles: [{ key: 'depot-clerk', name: { en: 'Depot clerk', ar: 'أمين المستودع' }, permissions: ['depot.*'] }],
  constraints: { parcels_code_key: depotErrors.codeTaken },
  demo: {
    needs: [],
    run: async (shop) => {
      await shop.each(['DEMO-1', 'DEMO-2', 'DEMO-3'], (code) => shop.once(code, storeParcel, { code, weight: '500' }));
    },
  },
});
