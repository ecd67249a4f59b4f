import { relationKey, type Routine } from '@ashlar/postgres';
import { readDirective, textIn } from './comment-directive.ts';
import type { GraphContext } from './graph-context.ts';
import { camelCase, isGraphqlName } from './graphql-name.ts';
import type { CallField, CallParameter } from './graph-model.ts';

/** The functions that are fields of Query and Mutation; overloads and what has no GraphQL type are left out. */
export function describeCalls(
  context: GraphContext,
  schemas: readonly string[],
): ReadonlyMap<string, { readonly kind: 'call'; readonly call: CallField }> {
  const { access, snapshot, inflects } = context;
  const calls = new Map<string, { readonly kind: 'call'; readonly call: CallField }>();
  const functions = [...access.functions].toSorted(
    (a, b) => schemas.indexOf(a.schema) - schemas.indexOf(b.schema) || (a.name < b.name ? -1 : 1),
  );
  for (const { schema, name } of functions) {
    const [routine] = snapshot.routines.get(relationKey(schema, name)) ?? [];
    if (routine === undefined || routine.hasVariadic || routine.computedOn !== null) continue;
    const fieldName = textIn(readDirective(routine.comment), 'name') ?? (inflects ? camelCase(name) : name);
    const call = describeCall(routine, context);
    if (call !== null && isGraphqlName(fieldName) && !calls.has(fieldName))
      calls.set(fieldName, { kind: 'call', call });
  }
  return calls;
}

function describeCall(routine: Routine, { types, entities, inflects }: GraphContext): CallField | null {
  const { schema, name, result } = routine;
  const parameters = routine.parameters.map((parameter): CallParameter => ({
    argumentName: inflects ? camelCase(parameter.name) : parameter.name,
    type: types.of(parameter.type),
    parameter,
  }));
  if (!parameters.every(({ argumentName }) => isGraphqlName(argumentName))) return null;
  if (new Set(parameters.map(({ argumentName }) => argumentName)).size !== parameters.length) return null;
  const shape = {
    function: { schema, name },
    description: textIn(readDirective(routine.comment), 'description'),
    isVolatile: routine.volatility === 'volatile',
    parameters,
  };
  if (result.kind === 'scalar' && !result.set) {
    return { ...shape, result: { kind: 'value', type: types.of(result.type) } };
  }
  if (result.kind !== 'composite' || result.relation === null) return null;
  const entity = entities.get(relationKey(result.relation.schema, result.relation.name));
  if (entity?.readable !== true) return null;
  const clashes = parameters.some(({ argumentName }) => PAGE_ARGUMENTS.has(argumentName));
  if (result.set && clashes) return null;
  return { ...shape, result: { kind: result.set ? 'rows' : 'row', entity } };
}

/** Arguments a collection has of its own. */
const PAGE_ARGUMENTS: ReadonlySet<string> = new Set([
  'first',
  'last',
  'before',
  'after',
  'offset',
  'filter',
  'orderBy',
]);
