import type { Catalogue, CatalogueRoutine, Oid } from './catalogue.ts';
import type { KnownRelation } from './describe-relations.ts';
import { describeComputedRelationship } from './describe-relationships.ts';
import type { TypeBook } from './describe-types.ts';
import type { Attribute, FunctionParameter, FunctionResult, Relationship, Routine } from './snapshot.ts';

export interface DescribedRoutines {
  readonly routines: readonly Routine[];
  readonly computedRelationships: readonly Relationship[];
}

export function describeRoutines(
  catalogue: Catalogue,
  types: TypeBook,
  known: ReadonlyMap<Oid, KnownRelation>,
): DescribedRoutines {
  const relationsByRow = new Map(
    catalogue.relations.flatMap(({ oid, rowType }) => {
      const relation = known.get(oid)?.relation;
      return relation === undefined ? [] : [[rowType, { schema: relation.schema, name: relation.name }] as const];
    }),
  );
  const routines: Routine[] = [];
  const computedRelationships: Relationship[] = [];
  for (const raw of catalogue.routines) {
    const routine = describeRoutine(raw, types, relationsByRow);
    if (!isReachable(routine)) continue;
    routines.push(routine);
    const computed = describeComputedRelationship(routine, !raw.returnsSet || raw.estimatedRows === 1);
    if (computed !== null) computedRelationships.push(computed);
  }
  return { routines, computedRelationships };
}

type RelationsByRow = ReadonlyMap<Oid, { readonly schema: string; readonly name: string }>;

interface Argument extends Attribute {
  readonly oid: Oid;
  readonly mode: string;
}

function describeRoutine(raw: CatalogueRoutine, types: TypeBook, relationsByRow: RelationsByRow): Routine {
  const all = raw.argumentTypes.map((oid, index): Argument => ({
    oid,
    name: raw.argumentNames?.[index] ?? '',
    type: types.get(oid).spelling,
    mode: raw.argumentModes?.[index] ?? 'i',
  }));
  const inputs = all.filter(({ mode }) => mode === 'i' || mode === 'b' || mode === 'v');
  const outputs = all.filter(({ mode }) => mode === 'o' || mode === 'b' || mode === 't');
  const firstDefault = inputs.length - raw.defaults;
  const [only] = inputs;
  return {
    schema: raw.schema,
    name: raw.name,
    parameters: inputs.map(({ name, type, mode }, index): FunctionParameter => ({
      name,
      type,
      required: index < firstDefault,
      variadic: mode === 'v',
    })),
    result: describeResult(raw, outputs, types, relationsByRow),
    volatility: raw.volatility === 'i' ? 'immutable' : raw.volatility === 's' ? 'stable' : 'volatile',
    hasVariadic: inputs.some(({ mode }) => mode === 'v'),
    settings: hoistedSettings(raw.settings ?? []),
    computedOn: only !== undefined && inputs.length === 1 ? (relationsByRow.get(only.oid) ?? null) : null,
    comment: raw.comment,
  };
}

function describeResult(
  raw: CatalogueRoutine,
  outputs: readonly Argument[],
  types: TypeBook,
  relationsByRow: RelationsByRow,
): FunctionResult {
  const set = raw.returnsSet;
  const columns = outputs.map(({ name, type }): Attribute => ({ name, type }));
  const declared = types.get(raw.returns);
  const base = types.base(raw.returns);
  // A function with one OUT parameter returns that type itself, yet its rows have a column of that name.
  if (outputs.length > 0) return { kind: 'composite', set, relation: null, columns };
  if (base.kind === 'c') {
    const relation = relationsByRow.get(base.oid) ?? null;
    return { kind: 'composite', set, relation, columns: relation === null ? types.attributes(base.oid) : [] };
  }
  if (declared.spelling === 'void' && !set) return { kind: 'void' };
  return { kind: 'scalar', type: declared.spelling, set };
}

/** `SET ROLE` and pipelining leave no room for a function's own start: these must hold before it is called. */
const HOISTED_SETTINGS: ReadonlySet<string> = new Set([
  'default_transaction_isolation',
  'lock_timeout',
  'plan_filter.statement_cost_limit',
  'statement_timeout',
]);

function hoistedSettings(settings: readonly string[]): readonly (readonly [string, string])[] {
  return settings.flatMap((setting): readonly (readonly [string, string])[] => {
    const equals = setting.indexOf('=');
    const name = setting.slice(0, equals);
    return HOISTED_SETTINGS.has(name) ? [[name, setting.slice(equals + 1)]] : [];
  });
}

/** Types a body can be passed as, whole, to a function whose only parameter has no name. */
const BODY_TYPES: ReadonlySet<string> = new Set(['bytea', 'json', 'jsonb', 'text', 'xml']);

/** Arguments are given by name, so unnamed parameters are reachable only as a row or as a whole body. */
function isReachable(routine: Routine): boolean {
  const unnamed = routine.parameters.filter(({ name }) => name === '');
  if (unnamed.length === 0 || routine.computedOn !== null) return true;
  return routine.parameters.length === 1 && unnamed.every(({ type }) => BODY_TYPES.has(type));
}
