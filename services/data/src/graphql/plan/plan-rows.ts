import { relationKey } from '@ashlar/postgres';
import { must, unreachable } from '@ashlar/kernel';
import { aggregatedType, AGGREGATES } from '../schema/aggregates.ts';
import type { Entity, EntityField, GraphModel } from '../schema/graph-model.ts';
import type { Budget } from './budget.ts';
import type {
  AggregatedColumn,
  AggregateValue,
  ConnectionPlan,
  ConnectionValue,
  EdgeValue,
  Member,
  NodeValue,
  PageInfoValue,
  Rows,
  Source,
} from './operation-plan.ts';
import { planFilter } from './plan-filter.ts';
import { planOrder, planPage } from './plan-page.ts';
import type { Selected, Selections } from './selection.ts';

type SelectionSets = Selected['selections'];

/** Plans what is read of rows: objects of a type, and collections of them. */
export class RowPlanner {
  readonly #model: GraphModel;
  readonly #selections: Selections;
  readonly #budget: Budget;

  constructor(model: GraphModel, selections: Selections, budget: Budget) {
    this.#model = model;
    this.#selections = selections;
    this.#budget = budget;
  }

  /** @param above How many rows there are above at most, each with this collection of its own. */
  connection(entity: Entity, rows: Rows, selected: Selected, parentType: string, above: number): ConnectionPlan {
    const args = this.#selections.arguments(parentType, selected);
    const order = planOrder(entity, args.get('orderBy'));
    const page = planPage(entity, order, args);
    const nodes = above * Math.max(page.limit, 1);
    this.#budget.spend(nodes);
    return {
      rows: { ...rows, where: [...rows.where, ...planFilter(entity, args.get('filter'))] },
      order,
      page,
      members: this.#members<ConnectionValue>(selected.selections, `${entity.typeName}Connection`, (field) =>
        this.#connectionValue(entity, field, nodes),
      ),
    };
  }

  /** What is shown of each row. */
  node(entity: Entity, selections: SelectionSets, above: number): readonly Member<NodeValue>[] {
    return this.#members<NodeValue>(selections, entity.typeName, (selected) => {
      const field = must(entity.fields.get(selected.name), `field ${entity.typeName}.${selected.name}`);
      return this.#nodeValue(entity, field, selected, above);
    });
  }

  /** One row, or none. */
  row(
    entity: Entity,
    rows: Rows,
    selections: SelectionSets,
    above: number,
  ): Extract<NodeValue, { kind: 'row' }>['row'] {
    this.#budget.spend(above);
    return { rows, members: this.node(entity, selections, above) };
  }

  #nodeValue(entity: Entity, field: EntityField, selected: Selected, above: number): NodeValue {
    switch (field.kind) {
      case 'node-id':
        return { kind: 'node-id', entity };
      case 'column':
        return { kind: 'column', name: field.column.name, type: field.column.type };
      case 'computed':
        return field;
      case 'relation': {
        const target = must(this.#model.entities.get(field.relation.target), 'the target of a relation in the model');
        const { by } = field.relation;
        const rows: Rows = {
          source: by.kind === 'columns' ? relationOf(target) : { kind: 'computed', function: by.function },
          link: by.kind === 'columns' ? by.pairs : [],
          where: [],
        };
        return field.many
          ? { kind: 'connection', connection: this.connection(target, rows, selected, entity.typeName, above) }
          : { kind: 'row', row: this.row(target, rows, selected.selections, above) };
      }
      default:
        return unreachable(field);
    }
  }

  #connectionValue(entity: Entity, { name, selections }: Selected, nodes: number): ConnectionValue {
    switch (name) {
      case 'edges':
        return {
          kind: 'edges',
          members: this.#members<EdgeValue>(selections, `${entity.typeName}Edge`, (field) =>
            field.name === 'cursor'
              ? { kind: 'cursor' }
              : { kind: 'node', members: this.node(entity, field.selections, nodes) },
          ),
        };
      case 'pageInfo':
        return { kind: 'page-info', members: this.#members(selections, 'PageInfo', pageInfoValue) };
      case 'totalCount':
        return { kind: 'total-count' };
      default:
        return { kind: 'aggregate', members: this.#aggregate(entity, selections) };
    }
  }

  #aggregate(entity: Entity, selections: SelectionSets): readonly Member<AggregateValue>[] {
    return this.#members<AggregateValue>(selections, `${entity.typeName}Aggregate`, (selected) => {
      const aggregate = AGGREGATES.find((known) => known === selected.name);
      if (aggregate === undefined) return { kind: 'count' };
      const typeName = `${entity.typeName}${aggregate.charAt(0).toUpperCase()}${aggregate.slice(1)}AggregateResult`;
      const members = this.#members<AggregatedColumn>(selected.selections, typeName, ({ name }) => {
        const field = entity.fields.get(name);
        const column = must(field?.kind === 'column' ? field.column : undefined, `column ${entity.typeName}.${name}`);
        const type = must(aggregatedType(aggregate, column.type) ?? undefined, `${aggregate} of ${name}`);
        return { kind: 'aggregated', column: column.name, type };
      });
      return { kind: 'columns', aggregate, members };
    });
  }

  #members<Value>(
    selections: SelectionSets,
    typeName: string,
    valueOf: (selected: Selected) => Value,
  ): readonly Member<Value>[] {
    return this.#selections.fields(selections, typeName).map((selected) => ({
      key: selected.key,
      value: selected.name === '__typename' ? { kind: 'typename', name: typeName } : valueOf(selected),
    }));
  }
}

export function relationOf({ relation: { schema, name } }: Entity): Source {
  return { kind: 'relation', schema, name };
}

export function entityNamed({ entities }: GraphModel, schema: string, name: string): Entity | undefined {
  const entity = entities.get(relationKey(schema, name));
  return entity?.readable === true ? entity : undefined;
}

function pageInfoValue({ name }: Selected): PageInfoValue {
  switch (name) {
    case 'hasNextPage':
    case 'hasPreviousPage':
    case 'startCursor':
      return { kind: name };
    default:
      return { kind: 'endCursor' };
  }
}
