import { type ProjectDatabase, type Relation, relationKey, type Snapshot } from '@ashlar/postgres';
import type { QualifiedName, QueryPlan } from '../plan/query-plan.ts';
import { type ReadRelation, relationsIn } from '../plan/relations-in.ts';
import { RestError, type Suggestion } from '../rest-error.ts';
import { restErrorOf } from './postgres-error.ts';

export interface FailedRequest {
  readonly database: ProjectDatabase;
  readonly role: string;
  readonly snapshot: Snapshot;
  /** Null when the request was refused before it was planned. */
  readonly plan: QueryPlan | null;
}

const UNDEFINED_COLUMN = '42703';

/**
 * The same failure without names its reader has no right to: a hint at something similar is kept only when that may
 * be used, and a column that is not there is answered like one that may not be read. Names a request is refused
 * by are its own, so nothing else is told.
 */
export async function withoutUnseenNames(error: unknown, request: FailedRequest): Promise<unknown> {
  if (error instanceof RestError) return withoutOwnNames(error, request);
  const known = restErrorOf(error, request.role === 'anon');
  if (known?.code !== UNDEFINED_COLUMN || request.plan === null) return error;
  const partly = await partlyGranted(relationsIn(request.plan), request);
  const ofColumn = partly.find(({ alias }) => known.message.startsWith(`column ${alias}.`));
  if (ofColumn !== undefined) return permissionDenied(ofColumn.relation, request);
  return partly.length === 0 ? error : known.withoutHint();
}

async function withoutOwnNames(error: RestError, request: FailedRequest): Promise<RestError> {
  const { suggests, lacksColumn } = error;
  const { database, role } = request;
  if (lacksColumn !== null) {
    const [granted] = await ask(database, role, WHOLLY_GRANTED, [lacksColumn.schema, lacksColumn.name]);
    return granted === 't' ? error : permissionDenied(lacksColumn, request);
  }
  if (suggests === null) return error;
  const [usable] = await ask(database, role, SUGGESTION_USABLE[suggests.kind], [suggests.schema, suggests.name]);
  return usable === 't' ? error : error.withoutHint();
}

const SUGGESTION_USABLE: Readonly<Record<Suggestion['kind'], string>> = {
  relation: `
    SELECT has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(c.oid, 'DELETE')
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2`,
  routine: `
    SELECT bool_or(has_function_privilege(p.oid, 'EXECUTE'))
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = $1 AND p.proname = $2`,
};

/** Those of which the role was not granted every column in some way. */
async function partlyGranted(
  relations: readonly ReadRelation[],
  { database, role }: FailedRequest,
): Promise<readonly ReadRelation[]> {
  const readable = await Promise.all(
    relations.map(({ relation: { schema, name } }) => ask(database, role, WHOLLY_GRANTED, [schema, name])),
  );
  return relations.filter((_, index) => readable[index]?.[0] !== 't');
}

// Of several privileges one is enough: who may write all columns knows their names.
const WHOLLY_GRANTED = `
  SELECT has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE')
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = $2`;

async function ask(
  database: ProjectDatabase,
  role: string,
  text: string,
  values: readonly string[],
): Promise<readonly (string | null)[]> {
  const result = await database.call({
    login: 'authenticator',
    role,
    settings: [],
    readOnly: true,
    connection: 'shared',
    statement: { text, values },
  });
  return result.rows[0] ?? [];
}

const KIND_WORDS: Readonly<Record<Relation['kind'], string>> = {
  table: 'table',
  'partitioned-table': 'table',
  view: 'view',
  'materialized-view': 'materialized view',
  'foreign-table': 'foreign table',
};

/** What PostgreSQL says of a column that is there and may not be read. */
function permissionDenied({ schema, name }: QualifiedName, { snapshot, role }: FailedRequest): RestError {
  const kind = snapshot.relations.get(relationKey(schema, name))?.kind ?? 'table';
  const isAnonymous = role === 'anon';
  return new RestError({
    status: isAnonymous ? 401 : 403,
    code: '42501',
    message: `permission denied for ${KIND_WORDS[kind]} ${name}`,
    headers: isAnonymous ? { 'www-authenticate': 'Bearer' } : {},
  });
}
