import { CATALOGUE_QUERY, TIMEZONES_QUERY } from './catalogue-query.ts';
import { parseCatalogue, type Catalogue, type ReadCatalogue } from './catalogue.ts';
import { describeRelations } from './describe-relations.ts';
import { describeRelationships } from './describe-relationships.ts';
import { describeRoutines } from './describe-routines.ts';
import { describeTypes } from './describe-types.ts';
import { relationKey, type Snapshot } from './snapshot.ts';
import { readViewOrigins, resolveViewColumns } from './view-columns.ts';

export interface SnapshotOptions {
  readonly version: number;
  /** The names of an earlier load: they come with the server's files and do not change while it runs. */
  readonly timezones?: ReadonlySet<string>;
  /** `ALTER ROLE … SET` without a database counts too: right only while the cluster holds one project. */
  readonly globalRoleSettings?: boolean;
}

/**
 * Reads all schemas but the system's in one round trip (two for a first load) and describes them for planning.
 * Partitions are left out, as PostgREST leaves them out: their parent stands for them.
 *
 * @param read Runs under `CATALOGUE_SETTINGS`; any role may read what is read here.
 * @throws What `read` throws; a half-read snapshot is never returned.
 */
export async function loadSnapshot(read: ReadCatalogue, options: SnapshotOptions): Promise<Snapshot> {
  const catalogue = parseCatalogue(await read(CATALOGUE_QUERY));
  const timezones = options.timezones ?? new Set((await read(TIMEZONES_QUERY)).map(([name]) => name ?? ''));
  return describeCatalogue(catalogue, { ...options, timezones });
}

/** The pure part of `loadSnapshot`. */
function describeCatalogue(
  catalogue: Catalogue,
  options: SnapshotOptions & { readonly timezones: ReadonlySet<string> },
): Snapshot {
  const types = describeTypes(catalogue);
  const viewOrigins = new Map([...catalogue.viewRules].map(([view, rule]) => [view, readViewOrigins(rule)]));
  const viewColumns = resolveViewColumns(viewOrigins);
  const known = describeRelations(catalogue, types, viewOrigins, viewColumns);
  const { routines, computedRelationships } = describeRoutines(catalogue, types, known);
  return {
    version: options.version,
    relations: new Map(
      [...known.values()].map(({ relation }) => [relationKey(relation.schema, relation.name), relation]),
    ),
    relationships: describeRelationships(catalogue, known, viewColumns, computedRelationships),
    routines: Map.groupBy(routines, ({ schema, name }) => relationKey(schema, name)),
    types: types.named,
    roleSettings: roleSettings(catalogue, options.globalRoleSettings ?? false),
    bypassRoles: new Set(catalogue.bypassRoles),
    timezones: options.timezones,
    schemas: new Set(catalogue.schemas),
  };
}

function roleSettings(
  catalogue: Catalogue,
  includeGlobal: boolean,
): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  // The query lists global settings first, so that those of the database, applied later, win.
  // A project's API login is its own, so the API's options may be set for it wherever it logs in.
  const counted = catalogue.roleSettings.filter(
    ({ role, name, global }) =>
      includeGlobal || !global || (name.startsWith('pgrst.') && role.endsWith('_authenticator')),
  );
  const byRole = Map.groupBy(counted, ({ role }) => role);
  return new Map(
    [...byRole].map(([role, settings]) => [role, settings.map(({ name, value }) => [name, value] as const)]),
  );
}
