import { relationKey, type Routine, type Snapshot } from '@ashlar/postgres';
import type { RestSettings } from '@ashlar/service';
import {
  chooseMediaType,
  contentTypeOf,
  type PlanMediaType,
  type ProducedMediaType,
  type RowMediaType,
} from '../parse/media-type.ts';
import { parseQuery, type QueryTree } from '../parse/parse-query.ts';
import { parsePrefer, type Preferences } from '../parse/prefer.ts';
import { ALL_ROWS, parseRangeHeader } from '../parse/range.ts';
import { planCall } from '../plan/plan-call.ts';
import { producedBy } from '../plan/produced-media-type.ts';
import type { PlanContext } from '../plan/plan-context.ts';
import { planDelete, planInsert, planPut, planUpdate } from '../plan/plan-mutation.ts';
import { planRead } from '../plan/plan-read.ts';
import type { QueryPlan } from '../plan/query-plan.ts';
import { relationsIn } from '../plan/relations-in.ts';
import { restErrors } from '../rest-errors.ts';
import { compile, type CompiledStatement, compileEstimate, compileExplain, compileStream } from '../sql/compile.ts';
import { appliedPreferences } from './applied-preferences.ts';
import type { Incoming, Method } from './incoming.ts';

/** Everything about a request that its values do not change: made once per shape, project and snapshot. */
export interface Prepared {
  readonly method: Method;
  /** Null when there is nothing to write. */
  readonly plan: QueryPlan | null;
  readonly statement: CompiledStatement | null;
  /** For a result that may be large: rows one by one. */
  readonly stream: CompiledStatement | null;
  /** For a count that is the planner's. */
  readonly estimate: CompiledStatement | null;
  /**
   * The same with its rows counted instead. The planner knows how often a value occurs in rows nobody may see, so
   * its estimate is only for roles to which row-level security does not apply; null where there is none to apply.
   */
  readonly counted: Prepared | null;
  readonly isRoutine: boolean;
  readonly routine: Routine | null;
  readonly relation: string;
  readonly schema: string;
  readonly preferences: Preferences;
  readonly media: RowMediaType;
  /** The answer is the statement's plan. */
  readonly explained: PlanMediaType | null;
  readonly readOnly: boolean;
  readonly connection: 'shared' | 'own';
  readonly rollback: boolean;
  /** Headers of every answer to this shape. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Above this many rows a result is not held in memory as one value. */
const STREAM_ABOVE_ROWS = 1000;

/** Parses and plans a request as far as its shape goes; a bad request ends here. */
export function prepare(snapshot: Snapshot, rest: RestSettings, incoming: Incoming): Prepared {
  const { method, resource, headers, payload } = incoming;
  const isRead = method === 'GET' || method === 'HEAD';
  const profile = isRead ? headers['accept-profile'] : headers['content-profile'];
  const schema = profile ?? rest.schemas[0] ?? 'public';
  if (!rest.schemas.includes(schema)) throw restErrors.schemaNotExposed(schema, rest.schemas);
  const tree = parseQuery(incoming.parameters, incoming.owner);
  const preferences = parsePrefer(headers.prefer, (name) => snapshot.timezones.has(name));
  const { media, explained } = renderingAskedFor(headers.accept, rest, producedBy(snapshot, schema, resource));
  const context: PlanContext = {
    snapshot,
    schema,
    aggregatesEnabled: rest.aggregatesEnabled,
    maxRows: rest.maxRows,
    tree,
    preferences,
    media,
    headerRange: method === 'GET' ? parseRangeHeader(headers.range) : ALL_ROWS,
  };
  const call = resource.kind === 'routine' ? planCall(context, resource.name, payload) : null;
  const plan = headed(method, call === null ? planRelation(context, incoming) : call.plan);
  const routine = call?.routine ?? null;
  const readOnly = isRead || (routine !== null && routine.volatility !== 'volatile');
  const rollback = !readOnly && rollsBack(rest, preferences);
  const streams = plan !== null && explained === null && mayStream(plan) && (plan.action === null || readOnly);
  const prepared: Prepared = {
    method,
    plan,
    statement: plan === null ? null : explained === null ? compile(plan) : compileExplain(plan, explained),
    stream: streams ? compileStream(plan) : null,
    estimate: plan !== null && isEstimated(plan) ? compileEstimate(plan) : null,
    counted: null,
    isRoutine: routine !== null,
    routine,
    relation: resource.name,
    schema,
    preferences,
    media,
    explained,
    readOnly,
    connection:
      plan !== null && explained === null && mayShare(plan, incoming, snapshot, tree, routine) && !rollback
        ? 'shared'
        : 'own',
    rollback,
    headers: {
      ...(plan === null || (plan.render === 'none' && method !== 'HEAD')
        ? {}
        : { 'content-type': contentTypeFor(plan, media) }),
      ...(explained === null ? {} : { 'content-type': contentTypeOf(explained) }),
      ...(profile === undefined ? {} : { 'content-profile': schema }),
      ...appliedPreferences(preferences, { method, plan, rest, isRoutine: routine !== null }),
      vary: 'Accept, Prefer, Range',
    },
  };
  if (plan === null || prepared.estimate === null || !hidesRows(plan, snapshot)) return prepared;
  const exact: QueryPlan = { ...plan, count: 'exact' };
  const counted = { statement: compile(exact), stream: streams ? compileStream(exact) : null, estimate: null };
  return { ...prepared, counted: { ...prepared, plan: exact, ...counted } };
}

/** Whether a role may see fewer rows of a relation than there are: by its policies, or as a view. */
function hidesRows(plan: QueryPlan, snapshot: Snapshot): boolean {
  return relationsIn(plan).some(({ relation: { schema, name } }) => {
    const relation = snapshot.relations.get(relationKey(schema, name));
    return relation === undefined || relation.rowSecurity || relation.kind === 'view';
  });
}

function renderingAskedFor(
  accept: string | undefined,
  { planEnabled }: RestSettings,
  produced: ProducedMediaType | null,
): { readonly media: RowMediaType; readonly explained: PlanMediaType | null } {
  const asked = chooseMediaType(
    accept,
    ['json', 'object', 'array', 'csv', ...(planEnabled ? ['plan' as const] : [])],
    produced,
  );
  if (asked.kind === 'plan') return { media: asked.of, explained: asked };
  // The root's document was not among what is available.
  return { media: asked.kind === 'openapi' ? { kind: 'json' } : asked, explained: null };
}

function planRelation(context: PlanContext, { method, resource: { name }, payload }: Incoming): QueryPlan | null {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return planRead(context, name);
    case 'DELETE':
      return planDelete(context, name);
    case 'POST':
    case 'PATCH':
    case 'PUT': {
      if (payload === null) throw restErrors.badBody('Empty or invalid json');
      if (method === 'PUT') return planPut(context, name, payload);
      return method === 'POST' ? planInsert(context, name, payload) : planUpdate(context, name, payload);
    }
  }
}

/** HEAD has no body, so none is made. */
function headed(method: Method, plan: QueryPlan | null): QueryPlan | null {
  return method === 'HEAD' && plan?.level != null ? { ...plan, render: 'none' } : plan;
}

/** A scalar is JSON whatever shape of rows was asked for. */
function contentTypeFor(plan: QueryPlan, media: RowMediaType): string {
  return contentTypeOf(plan.render === 'scalar' ? { kind: 'json' } : media);
}

function mayStream({ render, range }: QueryPlan): boolean {
  if (render !== 'array' && render !== 'csv') return false;
  return range.limit === null || range.limit > STREAM_ABOVE_ROWS;
}

function isEstimated({ count, action }: QueryPlan): boolean {
  return action === null && (count === 'planned' || count === 'estimated');
}

/** The project's habit, unless it lets the client choose and the client does. */
export function rollsBack({ transactionEnd }: RestSettings, { tx }: Preferences): boolean {
  if (tx !== null && transactionEnd.endsWith('-allow-override')) return tx === 'rollback';
  return transactionEnd.startsWith('rollback');
}

/** Reads and writes of one row share connections; what may take long or lock much gets its own. */
function mayShare(
  { action, level }: QueryPlan,
  { payload }: Incoming,
  snapshot: Snapshot,
  tree: QueryTree,
  routine: Routine | null,
): boolean {
  if (action === null) return level !== null;
  switch (action.kind) {
    case 'call':
      return routine?.volatility !== 'volatile';
    case 'insert':
      return payload?.kind === 'json' && payload.rows === 1;
    case 'update':
    case 'delete': {
      const key = snapshot.relations.get(`${action.relation.schema}\0${action.relation.name}`)?.primaryKey ?? [];
      return (
        key.length > 0 &&
        key.every((column) =>
          tree.filters.some(
            ({ path, field, condition }) =>
              path.length === 0 &&
              field.path.length === 0 &&
              field.name === column &&
              condition.kind === 'compare' &&
              condition.operator === 'eq' &&
              condition.quantifier === null &&
              !condition.negated,
          ),
        )
      );
    }
  }
}
