import type { Column, Relation } from '@ashlar/postgres';
import type { Payload } from '../parse/body.ts';
import type { QueryTree } from '../parse/parse-query.ts';
import { ALL_ROWS } from '../parse/range.ts';
import { RestError } from '../rest-error.ts';
import { restErrors } from '../rest-errors.ts';
import { findRelation, type PlanContext, rangeOfParameters } from './plan-context.ts';
import { columnsRead, planLevel } from './plan-level.ts';
import { renderingOf, stripsNulls } from './plan-read.ts';
import { BODY_ALIAS } from './query-plan.ts';
import type { Delete, Guard, Insert, Level, Predicate, QueryPlan, Update, WrittenColumn } from './query-plan.ts';

/** POST: one row, many, or an upsert. Null when there is nothing to write. */
export function planInsert(context: PlanContext, name: string, payload: Payload): QueryPlan | null {
  const relation = findRelation(context, name);
  const { form, rows } = rowsOf(payload);
  const given = writtenColumns(context.tree, payload, relation);
  if (rows === 0) return null;
  const onConflict = context.tree.onConflict ?? relation.primaryKey;
  const resolution = onConflict.length === 0 ? null : context.preferences.resolution;
  const insert: Insert = {
    kind: 'insert',
    relation,
    // A row of defaults alone needs a column to be one of several.
    columns: given.length === 0 && rows > 1 ? [defaultedColumn(relation)] : given,
    payloadForm: form,
    missingDefaults: context.preferences.missing === 'default' || given.length === 0,
    conflict:
      resolution === null
        ? null
        : { action: resolution === 'merge-duplicates' ? 'merge' : 'ignore', target: onConflict },
    admit: [],
  };
  return mutationPlan(context, relation, insert);
}

/** PUT: one row, found by its whole primary key and replaced, or made. */
export function planPut(context: PlanContext, name: string, payload: Payload): QueryPlan {
  const relation = findRelation(context, name);
  const { tree } = context;
  if (tree.limits.length > 0 || tree.offsets.length > 0) throw restErrors.putTakesNoRange();
  const keys = tree.filters.map(({ field }) => field.name);
  const byEquality = tree.filters.every(
    ({ path, field, condition }) =>
      path.length === 0 &&
      field.path.length === 0 &&
      condition.kind === 'compare' &&
      condition.operator === 'eq' &&
      condition.quantifier === null &&
      !condition.negated,
  );
  const wholeKey =
    relation.primaryKey.length > 0 &&
    keys.length === relation.primaryKey.length &&
    relation.primaryKey.every((column) => keys.includes(column));
  if (!byEquality || !wholeKey || tree.logic.length > 0) throw restErrors.putNeedsPrimaryKey();
  const { form, rows } = rowsOf(payload);
  if (rows !== 1) throw restErrors.putKeyMismatch();
  const columns = writtenColumns(tree, payload, relation);
  if (!relation.primaryKey.every((key) => columns.some((column) => column.name === key))) {
    throw restErrors.putKeyMismatch();
  }
  const insert: Insert = {
    kind: 'insert',
    relation,
    columns,
    payloadForm: form,
    missingDefaults: context.preferences.missing === 'default',
    conflict: { action: 'merge', target: relation.primaryKey },
    admit: mutatedRows(context, relation, BODY_ALIAS),
  };
  // Its one row was admitted or its key is not the address's, which the answer says.
  return { ...mutationPlan(context, relation, insert), guards: [] };
}

/** PATCH. Null when no column is to be changed. */
export function planUpdate(context: PlanContext, name: string, payload: Payload): QueryPlan | null {
  const relation = findRelation(context, name);
  const { form, rows } = rowsOf(payload);
  const columns = writtenColumns(context.tree, payload, relation);
  if (columns.length === 0 || rows === 0) return null;
  const where = mutatedRows(context, relation, name);
  if (where.length === 0) throw unfiltered('UPDATE');
  const update: Update = { kind: 'update', relation, columns, payloadForm: form, where };
  return mutationPlan(context, relation, update);
}

export function planDelete(context: PlanContext, name: string): QueryPlan {
  const relation = findRelation(context, name);
  const where = mutatedRows(context, relation, name);
  if (where.length === 0) throw unfiltered('DELETE');
  const action: Delete = { kind: 'delete', relation, where };
  return mutationPlan(context, relation, action);
}

function mutationPlan(context: PlanContext, relation: Relation, action: Insert | Update | Delete): QueryPlan {
  const { preferences, media } = context;
  const returnsRows = preferences.return === 'representation';
  const level = returnsRows ? representation(context, relation) : null;
  const location =
    action.kind === 'insert' && preferences.return === 'headers-only' && relation.primaryKey.length > 0
      ? relation.primaryKey
      : null;
  return {
    action,
    level,
    render: returnsRows ? renderingOf(media) : 'none',
    stripNulls: stripsNulls(media),
    guards: guardsOf(context, returnsRows, action.kind),
    count: preferences.count,
    countLimit: null,
    location,
    range: level?.range ?? ALL_ROWS,
    returning: level === null ? (location ?? []) : columnsRead(level, relation.columns),
    readsResponseSettings: true,
  };
}

function guardsOf({ preferences, media }: PlanContext, returnsRows: boolean, kind: string): readonly Guard[] {
  const guards: Guard[] = returnsRows && media.kind === 'object' ? [{ kind: 'one-row' }] : [];
  if (preferences.handling === 'strict' && preferences.maxAffected !== null && kind !== 'insert') {
    guards.push({ kind: 'max-affected', rows: preferences.maxAffected });
  }
  return guards;
}

/** The returned rows: the relation's own filters were the mutation's, those of embeds still hold. */
function representation(context: PlanContext, relation: Relation): Level {
  const { tree } = context;
  const filters = tree.filters.filter(({ path }) => path.length > 0);
  const logic = tree.logic.filter(({ path }) => path.length > 0);
  return planLevel(
    { ...context, maxRows: null },
    {
      source: { kind: 'result' },
      alias: relation.name,
      origin: relation,
      columnTypes: new Map(),
      range: rangeOfParameters(tree),
    },
    { ...tree, filters, logic },
  );
}

function mutatedRows(context: PlanContext, relation: Relation, alias: string): readonly Predicate[] {
  const { tree } = context;
  const filters = tree.filters.filter(({ path }) => path.length === 0);
  const logic = tree.logic.filter(({ path }) => path.length === 0);
  const level = planLevel(
    context,
    {
      source: { kind: 'relation', schema: relation.schema, name: relation.name },
      alias,
      origin: relation,
      columnTypes: new Map(),
      range: ALL_ROWS,
    },
    { ...tree, select: [], filters, logic, orders: [], limits: [], offsets: [] },
  );
  return level.where;
}

function rowsOf(payload: Payload): { readonly form: 'object' | 'array'; readonly rows: number } {
  if (payload.kind !== 'json' || payload.form === 'other') throw restErrors.badBody('Empty or invalid json');
  return { form: payload.form, rows: payload.rows };
}

/** The columns the body writes: those of its keys, or of `columns`, which lets rows differ in theirs. */
function writtenColumns(tree: QueryTree, payload: Payload, relation: Relation): readonly WrittenColumn[] {
  if (payload.kind !== 'json') return [];
  if (tree.columns === null && !payload.uniform) throw restErrors.badBody('All object keys must match');
  return (tree.columns ?? payload.keys).map((name) => {
    const column = relation.columns.get(name);
    if (column === undefined) throw restErrors.columnUnknown(name, relation.name, relation.schema);
    return written(column);
  });
}

function defaultedColumn(relation: Relation): WrittenColumn {
  for (const column of relation.columns.values()) {
    if (!column.generated && column.identity !== 'always') return written(column);
  }
  throw restErrors.badBody('Rows without members need a table with a column that can be written');
}

function written({ name, nominalType, defaultExpression, generated }: Column): WrittenColumn {
  return { name, type: nominalType, defaultExpression: generated ? null : defaultExpression };
}

/** A forgotten filter would change every row there is. */
function unfiltered(verb: 'UPDATE' | 'DELETE'): RestError {
  return new RestError({ status: 400, code: '21000', message: `${verb} requires a WHERE clause` });
}
