import { relationKey, type Routine } from '@ashlar/postgres';
import type { Payload } from '../parse/body.ts';
import type { RowMediaType } from '../parse/media-type.ts';
import type { Operand } from '../parse/operand.ts';
import type { Preferences } from '../parse/prefer.ts';
import { ALL_ROWS, type RowRange } from '../parse/range.ts';
import { restErrors } from '../rest-errors.ts';
import { type PlanContext, rootRange } from './plan-context.ts';
import { columnsRead, planLevel } from './plan-level.ts';
import { renderingOf, stripsNulls } from './plan-read.ts';
import type { Argument, CallFunction, Guard, Level, QueryPlan } from './query-plan.ts';
import { resolveRoutine } from './resolve-routine.ts';

export interface CallPlan {
  readonly plan: QueryPlan;
  readonly routine: Routine;
}

/**
 * POST or GET of `/rpc/<name>`.
 *
 * @param payload Null for GET and HEAD, whose arguments stand in the query.
 */
export function planCall(context: PlanContext, name: string, payload: Payload | null): CallPlan {
  const { tree, snapshot, schema, preferences } = context;
  const names =
    payload === null ? tree.arguments.map((argument) => argument.name) : payload.kind === 'json' ? payload.keys : [];
  const given = new Set(tree.columns === null ? names : names.filter((key) => tree.columns?.includes(key)));
  const { routine, wholeBody } = resolveRoutine(snapshot, schema, name, given, payload);
  const result = resultOf(routine);
  const parameters = routine.parameters.filter((parameter) => given.has(parameter.name));
  const action: CallFunction = {
    kind: 'call',
    function: routine,
    arguments: wholeBody
      ? [{ from: 'whole-body', type: routine.parameters[0]?.type ?? 'json' }]
      : payload === null
        ? queryArguments(routine, tree.arguments)
        : parameters.map((parameter) => ({ from: 'body', name: parameter.name, variadic: parameter.variadic })),
    bodyParameters: wholeBody || payload === null ? [] : parameters,
    result,
  };
  const isSet = result === 'row-set' || result === 'scalar-set';
  const range = isSet ? rootRange(context) : ALL_ROWS;
  const columnTypes = columnTypesOf(context, routine);
  const level = result === 'row' || result === 'row-set' ? callLevel(context, routine, columnTypes, range) : null;
  const plan: QueryPlan = {
    action,
    level,
    render: renderingOfCall(result, context.media),
    stripNulls: stripsNulls(context.media),
    guards: guardsOf(preferences, context, result),
    count: preferences.count,
    countLimit: null,
    location: null,
    range,
    returning: level === null ? [] : columnsRead(level, columnTypes),
    readsResponseSettings: true,
  };
  return { plan, routine };
}

/** One row that is no set of rows is one object, whatever shape of rows was asked for. */
function renderingOfCall(result: CallFunction['result'], media: RowMediaType): QueryPlan['render'] {
  switch (result) {
    case 'void':
      return 'none';
    case 'scalar':
      return media.kind !== 'produced' ? 'scalar' : media.isBinary ? 'bytes' : 'text';
    case 'scalar-set':
      return 'scalar';
    case 'row':
      return media.kind === 'csv' ? 'csv' : 'one';
    case 'row-set':
      return renderingOf(media);
  }
}

function resultOf({ result }: Routine): CallFunction['result'] {
  switch (result.kind) {
    case 'void':
      return 'void';
    case 'scalar':
      return result.set ? 'scalar-set' : 'scalar';
    case 'composite':
      return result.set ? 'row-set' : 'row';
  }
}

function queryArguments(
  { parameters }: Routine,
  given: readonly { readonly name: string; readonly value: Operand }[],
): readonly Argument[] {
  return parameters.flatMap((parameter): Argument[] => {
    const values = given.flatMap(({ name, value }) => (name === parameter.name ? [value] : []));
    if (values.length === 0) return [];
    return [{ from: 'query', name: parameter.name, type: parameter.type, variadic: parameter.variadic, values }];
  });
}

function columnTypesOf({ snapshot }: PlanContext, { result }: Routine): ReadonlyMap<string, string> {
  if (result.kind !== 'composite') return new Map();
  const relation =
    result.relation === null
      ? undefined
      : snapshot.relations.get(relationKey(result.relation.schema, result.relation.name));
  const columns = relation === undefined ? result.columns : [...relation.columns.values()];
  return new Map(columns.map((column) => [column.name, column.type]));
}

function callLevel(
  context: PlanContext,
  { name, result }: Routine,
  columnTypes: ReadonlyMap<string, string>,
  range: RowRange,
): Level {
  const origin = result.kind === 'composite' ? result.relation : null;
  return planLevel(context, { source: { kind: 'result' }, alias: name, origin, columnTypes, range }, context.tree);
}

function guardsOf(preferences: Preferences, { media }: PlanContext, result: CallFunction['result']): readonly Guard[] {
  const guards: Guard[] = media.kind === 'object' && result === 'row-set' ? [{ kind: 'one-row' }] : [];
  if (preferences.handling === 'strict' && preferences.maxAffected !== null) {
    if (result !== 'row-set' && result !== 'scalar-set') throw restErrors.maxAffectedNeedsSet();
    guards.push({ kind: 'max-affected', rows: preferences.maxAffected });
  }
  return guards;
}
