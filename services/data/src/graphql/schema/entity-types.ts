import {
  type GraphQLFieldConfigArgumentMap,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql';
import { must } from '@ashlar/kernel';
import { AGGREGATES, aggregatedType } from './aggregates.ts';
import { ORDER_BY_DIRECTION } from './filter-types.ts';
import type { Entity, EntityColumn, EntityField, GraphModel, ValueType } from './graph-model.ts';
import type { Field, MakeObject } from './lazy-types.ts';
import { SCALARS } from './scalars.ts';
import { NODE, PAGE_INFO, type SchemaTypes } from './schema-types.ts';

/** The GraphQL types an entity has; each is made when something first leads to it, and once. */
export class EntityTypes {
  readonly #model: GraphModel;
  readonly #types: SchemaTypes;
  readonly #makeObject: MakeObject;
  readonly #objects = new Map<string, GraphQLObjectType>();
  readonly #inputs = new Map<string, GraphQLInputObjectType>();

  constructor(model: GraphModel, types: SchemaTypes, makeObject: MakeObject) {
    this.#model = model;
    this.#types = types;
    this.#makeObject = makeObject;
  }

  node(entity: Entity): GraphQLObjectType {
    const { typeName: name, description, fields } = entity;
    return once(this.#objects, name, () =>
      this.#makeObject({ name, description, interfaces: [NODE] }, fields, (field) =>
        this.#field(must(fields.get(field), `field ${name}.${field}`)),
      ),
    );
  }

  #field(field: EntityField): Field {
    switch (field.kind) {
      case 'node-id':
        return { type: new GraphQLNonNull(SCALARS.ID), description: 'Globally Unique Record Identifier' };
      case 'column': {
        const { type, column, description } = field.column;
        const output = this.#types.output(type);
        return { type: column.nullable ? output : new GraphQLNonNull(output), description };
      }
      case 'computed':
        return { type: this.#types.output(field.type) };
      case 'relation': {
        const target = must(this.#model.entities.get(field.relation.target), 'the target of a relation in the model');
        return field.many
          ? { type: this.connection(target), args: this.pageArguments(target) }
          : { type: this.node(target) };
      }
    }
  }

  connection(entity: Entity): GraphQLObjectType {
    return this.#object(`${entity.typeName}Connection`, () => ({
      edges: { type: listOf(this.edge(entity)) },
      pageInfo: { type: new GraphQLNonNull(PAGE_INFO) },
      ...(entity.totalCount ? { totalCount: { type: new GraphQLNonNull(SCALARS.Int) } } : {}),
      ...(entity.aggregate ? { aggregate: { type: this.aggregate(entity) } } : {}),
    }));
  }

  edge(entity: Entity): GraphQLObjectType {
    return this.#object(`${entity.typeName}Edge`, () => ({
      cursor: { type: new GraphQLNonNull(SCALARS.String) },
      node: { type: new GraphQLNonNull(this.node(entity)) },
    }));
  }

  aggregate(entity: Entity): GraphQLObjectType {
    return this.#object(`${entity.typeName}Aggregate`, () => {
      const results = AGGREGATES.flatMap((aggregate) => {
        const columns = columnsOf(entity).flatMap((column) => {
          const type = aggregatedType(aggregate, column.type);
          return type === null ? [] : [[column.fieldName, { type: this.#types.output(type) }] as const];
        });
        if (columns.length === 0) return [];
        const name = `${entity.typeName}${aggregate.charAt(0).toUpperCase()}${aggregate.slice(1)}AggregateResult`;
        const type = this.#object(name, () => Object.fromEntries(columns));
        return [[aggregate, { type: new GraphQLNonNull(type) }] as const];
      });
      return { count: { type: new GraphQLNonNull(SCALARS.Int) }, ...Object.fromEntries(results) };
    });
  }

  response(entity: Entity, verb: 'Insert' | 'Update' | 'Delete'): GraphQLObjectType {
    return this.#object(`${entity.typeName}${verb}Response`, () => ({
      affectedCount: {
        type: new GraphQLNonNull(SCALARS.Int),
        description: 'Count of the records impacted by the mutation',
      },
      ...(entity.readable
        ? { records: { type: listOf(this.node(entity)), description: 'Array of records impacted by the mutation' } }
        : {}),
    }));
  }

  input(entity: Entity, verb: 'Insert' | 'Update'): GraphQLInputObjectType {
    const name = `${entity.typeName}${verb}Input`;
    const fields = (): GraphQLFieldConfigArgumentMap =>
      Object.fromEntries(
        (verb === 'Insert' ? entity.insertable : entity.updatable).map(
          ({ fieldName, type, description }) => [fieldName, { type: this.#types.input(type), description }] as const,
        ),
      );
    return once(this.#inputs, name, () => new GraphQLInputObjectType({ name, fields }));
  }

  pageArguments(entity: Entity): GraphQLFieldConfigArgumentMap {
    const direction = new GraphQLList(new GraphQLNonNull(this.order(entity)));
    return {
      first: { type: SCALARS.Int, description: 'Query the first `n` records in the collection' },
      last: { type: SCALARS.Int, description: 'Query the last `n` records in the collection' },
      before: { type: SCALARS.Cursor, description: 'Query values in the collection before the provided cursor' },
      after: { type: SCALARS.Cursor, description: 'Query values in the collection after the provided cursor' },
      offset: { type: SCALARS.Int, description: 'Skip n values from the after cursor' },
      filter: { type: this.filter(entity), description: 'Filters to apply to the results set' },
      orderBy: { type: direction, description: 'Sort order to apply to the collection' },
    };
  }

  keyArguments({ primaryKey }: Entity): GraphQLFieldConfigArgumentMap {
    return Object.fromEntries(
      primaryKey.map(({ fieldName, type }) => [fieldName, { type: new GraphQLNonNull(this.#types.input(type)) }]),
    );
  }

  impactArguments(entity: Entity): GraphQLFieldConfigArgumentMap {
    return {
      ...(entity.readable
        ? { filter: { type: this.filter(entity), description: 'Restricts the mutation to these records' } }
        : {}),
      atMost: {
        type: new GraphQLNonNull(SCALARS.Int),
        default: { value: 1 },
        description: 'The maximum number of records that may be affected; more are an error',
      },
    };
  }

  filter(entity: Entity): GraphQLInputObjectType {
    const name = `${entity.typeName}Filter`;
    return once(this.#inputs, name, () => {
      const type: GraphQLInputObjectType = new GraphQLInputObjectType({
        name,
        fields: () => ({
          ...Object.fromEntries(
            columnsOf(entity).flatMap((column) => {
              const filter = this.#types.filter(column.type);
              return filter === null ? [] : [[column.fieldName, { type: filter }] as const];
            }),
          ),
          nodeId: { type: this.#types.scalarFilter('ID') },
          and: { type: new GraphQLList(new GraphQLNonNull(type)), description: 'True if all filters of the list are' },
          or: {
            type: new GraphQLList(new GraphQLNonNull(type)),
            description: 'True if at least one filter of the list is',
          },
          not: { type, description: 'Negates a filter' },
        }),
      });
      return type;
    });
  }

  order(entity: Entity): GraphQLInputObjectType {
    const name = `${entity.typeName}OrderBy`;
    const fields = (): GraphQLFieldConfigArgumentMap =>
      Object.fromEntries(
        columnsOf(entity)
          .filter(({ type }) => isOrdered(type))
          .map(({ fieldName }) => [fieldName, { type: ORDER_BY_DIRECTION }] as const),
      );
    return once(this.#inputs, name, () => new GraphQLInputObjectType({ name, fields }));
  }

  #object(name: string, fields: () => Record<string, Field>): GraphQLObjectType {
    return once(this.#objects, name, () => new GraphQLObjectType({ name, fields }));
  }
}

function columnsOf({ fields }: Entity): readonly EntityColumn[] {
  return [...fields.values()].flatMap((field) => (field.kind === 'column' ? [field.column] : []));
}

/** Values that have an order, and that a cursor can hold. */
function isOrdered({ isList, of }: ValueType): boolean {
  return !isList && !('scalar' in of && (of.scalar === 'JSON' || of.scalar === 'Opaque'));
}

function listOf(type: GraphQLObjectType): GraphQLOutputType {
  return new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type)));
}

function once<Key, Value>(made: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = made.get(key);
  if (known !== undefined) return known;
  const value = make();
  made.set(key, value);
  return value;
}
