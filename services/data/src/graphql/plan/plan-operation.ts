import { GraphQLError } from 'graphql';
import { must } from '@ashlar/kernel';
import type { CallField, Entity, GraphModel, RootField } from '../schema/graph-model.ts';
import { Budget } from './budget.ts';
import { decodeNodeId } from './opaque-id.ts';
import type { Condition, Invocation, Member, ReadPlan, Rows, WritePlan, WriteValue } from './operation-plan.ts';
import { planFilter, keyCondition, nodeIdCondition } from './plan-filter.ts';
import { entityNamed, relationOf, RowPlanner } from './plan-rows.ts';
import { planInsert, planSet } from './plan-values.ts';
import type { Selected, Selections } from './selection.ts';
import { textOfValue } from './value-text.ts';

/** One field at the top of an operation. */
export type RootPlan =
  | { readonly kind: 'read'; readonly key: string; readonly read: ReadPlan }
  | { readonly kind: 'write'; readonly key: string; readonly write: WritePlan }
  | { readonly kind: 'typename'; readonly key: string; readonly name: string }
  /** `__schema` and `__type`, which are about the schema itself. */
  | { readonly kind: 'introspection'; readonly key: string; readonly selected: Selected };

type Arguments = ReadonlyMap<string, unknown>;

/** Plans every field at the top of an operation, in their order. */
export function planOperation(
  model: GraphModel,
  selections: Selections,
  root: Selected['selections'],
  isMutation: boolean,
): readonly RootPlan[] {
  const typeName = isMutation ? 'Mutation' : 'Query';
  const fields = isMutation ? model.mutations : model.queries;
  const planner = new RootPlanner(model, selections, typeName);
  return selections.fields(root, typeName).map((selected): RootPlan => {
    const { key, name } = selected;
    if (name === '__typename') return { kind: 'typename', key, name: typeName };
    if (name === '__schema' || name === '__type') return { kind: 'introspection', key, selected };
    const field = must(fields.get(name), `field ${typeName}.${name} of a valid document`);
    return isMutation
      ? { kind: 'write', key, write: planner.write(field, selected) }
      : { kind: 'read', key, read: planner.read(field, selected) };
  });
}

class RootPlanner {
  readonly #model: GraphModel;
  readonly #selections: Selections;
  readonly #typeName: string;
  readonly #rows: RowPlanner;

  constructor(model: GraphModel, selections: Selections, typeName: string) {
    this.#model = model;
    this.#selections = selections;
    this.#typeName = typeName;
    this.#rows = new RowPlanner(model, selections, new Budget());
  }

  read(field: RootField, selected: Selected): ReadPlan {
    switch (field.kind) {
      case 'collection': {
        const rows: Rows = { source: relationOf(field.entity), link: [], where: [] };
        return {
          kind: 'connection',
          connection: this.#rows.connection(field.entity, rows, selected, this.#typeName, 1),
        };
      }
      case 'by-key': {
        const args = this.#arguments(selected);
        const key = field.entity.primaryKey.map(({ fieldName }) => textOfValue(args.get(fieldName)));
        return this.#row(field.entity, keyCondition(field.entity.primaryKey, key), selected);
      }
      case 'node':
        return this.#node(selected);
      case 'call':
        return this.#call(field.call, selected, (invocation) => ({ kind: 'call', invocation }));
      default:
        throw new GraphQLError(`${selected.name} is no field of a query`);
    }
  }

  write(field: RootField, selected: Selected): WritePlan {
    const args = this.#arguments(selected);
    switch (field.kind) {
      case 'insert':
        return this.#written(field.entity, 'Insert', selected, planInsert(field.entity, args.get('objects')));
      case 'update': {
        const { entity } = field;
        const { schema, name } = entity.relation;
        const set = planSet(entity, args.get('set'));
        const action = { kind: 'update', relation: { schema, name }, set, ...impact(entity, args) } as const;
        return this.#written(entity, 'Update', selected, action);
      }
      case 'delete': {
        const { schema, name } = field.entity.relation;
        const action = { kind: 'delete', relation: { schema, name }, ...impact(field.entity, args) } as const;
        return this.#written(field.entity, 'Delete', selected, action);
      }
      case 'call': {
        const read = this.#call(field.call, selected, () => ({ kind: 'result' }));
        return { kind: 'call', invocation: invocationOf(field.call, args), read };
      }
      default:
        throw new GraphQLError(`${selected.name} is no field of a mutation`);
    }
  }

  #arguments(selected: Selected): Arguments {
    return this.#selections.arguments(this.#typeName, selected);
  }

  #row(entity: Entity, condition: Condition, { selections }: Selected): ReadPlan {
    const rows: Rows = { source: relationOf(entity), link: [], where: [condition] };
    return { kind: 'row', row: this.#rows.row(entity, rows, selections, 1) };
  }

  #node(selected: Selected): ReadPlan {
    const id = String(this.#arguments(selected).get('nodeId'));
    const { schema, name } = decodeNodeId(id);
    const entity = entityNamed(this.#model, schema, name);
    return entity === undefined ? { kind: 'nothing' } : this.#row(entity, nodeIdCondition(entity, id), selected);
  }

  #call(call: CallField, selected: Selected, sourceOf: (invocation: Invocation) => Rows['source']): ReadPlan {
    const invocation = invocationOf(call, this.#arguments(selected));
    const { result } = call;
    if (result.kind === 'value') return { kind: 'value', call: invocation, type: result.type };
    const rows: Rows = { source: sourceOf(invocation), link: [], where: [] };
    if (result.kind === 'rows') {
      return {
        kind: 'connection',
        connection: this.#rows.connection(result.entity, rows, selected, this.#typeName, 1),
      };
    }
    // A function that returns null gives a row of nulls.
    const found = { ...rows, where: result.entity.primaryKey.map(({ name }) => isPresent(name)) };
    return { kind: 'row', row: this.#rows.row(result.entity, found, selected.selections, 1) };
  }

  #written(
    entity: Entity,
    verb: 'Insert' | 'Update' | 'Delete',
    { selections }: Selected,
    action: Extract<WritePlan, { kind: 'write' }>['action'],
  ): WritePlan {
    const typeName = `${entity.typeName}${verb}Response`;
    const rowsAtMost = action.kind === 'insert' ? action.rows.length : action.atMost;
    const members = this.#selections.fields(selections, typeName).map((selected): Member<WriteValue> => {
      const { key, name } = selected;
      if (name === '__typename') return { key, value: { kind: 'typename', name: typeName } };
      if (name === 'affectedCount') return { key, value: { kind: 'affected-count' } };
      return { key, value: { kind: 'records', members: this.#rows.node(entity, selected.selections, rowsAtMost) } };
    });
    return { kind: 'write', action, members };
  }
}

function isPresent(column: string): Condition {
  return { kind: 'null', column, negated: true };
}

function impact(entity: Entity, args: Arguments): { readonly where: readonly Condition[]; readonly atMost: number } {
  const atMost = Number(args.get('atMost'));
  if (atMost < 0) throw new GraphQLError(`"atMost" must not be negative, found ${atMost}`);
  return { where: planFilter(entity, args.get('filter')), atMost };
}

/** Arguments that were not given are left to the function's defaults. */
function invocationOf(call: CallField, args: Arguments): Invocation {
  return {
    function: call.function,
    arguments: call.parameters.flatMap(({ argumentName, parameter }) => {
      if (!args.has(argumentName)) return [];
      return [{ name: parameter.name, type: parameter.type, value: textOfValue(args.get(argumentName)) }];
    }),
  };
}
