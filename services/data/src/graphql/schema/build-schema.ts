import {
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
} from 'graphql';
import { must } from '@ashlar/kernel';
import { AGGREGATES, aggregatedType } from './aggregates.ts';
import { ORDER_BY_DIRECTION } from './filter-types.ts';
import type { CallField, Entity, EntityColumn, EntityField, GraphModel, RootField, ValueType } from './graph-model.ts';
import { SCALARS } from './scalars.ts';
import { NODE, PAGE_INFO, SchemaTypes } from './schema-types.ts';

type Field = GraphQLFieldConfig<unknown, unknown>;
type Fields = Record<string, Field>;

/** The model as graphql-js knows it: for parsing values, validating documents and introspection. It resolves nothing. */
export function buildSchema(model: GraphModel): GraphQLSchema {
  return new SchemaBuilder(model).build();
}

class SchemaBuilder {
  readonly #model: GraphModel;
  readonly #types: SchemaTypes;
  readonly #nodes = new Map<Entity, GraphQLObjectType>();
  readonly #connections = new Map<Entity, GraphQLObjectType>();
  readonly #filters = new Map<Entity, GraphQLInputObjectType>();
  readonly #orders = new Map<Entity, GraphQLInputObjectType>();

  constructor(model: GraphModel) {
    this.#model = model;
    this.#types = new SchemaTypes(model);
  }

  build(): GraphQLSchema {
    const { queries, mutations, entities } = this.#model;
    const readable = [...entities.values()].filter((entity) => entity.readable);
    return new GraphQLSchema({
      query: new GraphQLObjectType({
        name: 'Query',
        description: 'The root type for querying data',
        fields: () => this.#roots(queries),
      }),
      mutation:
        mutations.size === 0
          ? null
          : new GraphQLObjectType({
              name: 'Mutation',
              description: 'The root type for creating and mutating data',
              fields: () => this.#roots(mutations),
            }),
      types: readable.map((entity) => this.#node(entity)),
      // Made from a model that only has valid names; checking thousands of types again would take longer than making them.
      assumeValid: true,
    });
  }

  #roots(fields: ReadonlyMap<string, RootField>): Fields {
    return Object.fromEntries([...fields].map(([name, field]) => [name, this.#root(field)]));
  }

  #root(field: RootField): Field {
    switch (field.kind) {
      case 'node':
        return { type: NODE, args: { nodeId: { type: new GraphQLNonNull(SCALARS.ID) } } };
      case 'call':
        return this.#call(field.call);
      case 'collection':
        return { type: this.#connection(field.entity), args: this.#pageArguments(field.entity) };
      case 'by-key':
        return { type: this.#node(field.entity), args: this.#keyArguments(field.entity) };
      case 'insert': {
        const objects = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(this.#input(field.entity, 'Insert'))));
        return { type: this.#response(field.entity, 'Insert'), args: { objects: { type: objects } } };
      }
      case 'update':
        return {
          type: new GraphQLNonNull(this.#response(field.entity, 'Update')),
          args: {
            set: { type: new GraphQLNonNull(this.#input(field.entity, 'Update')) },
            ...this.#impactArguments(field.entity),
          },
        };
      case 'delete':
        return {
          type: new GraphQLNonNull(this.#response(field.entity, 'Delete')),
          args: this.#impactArguments(field.entity),
        };
    }
  }

  #call({ parameters, result, description }: CallField): Field {
    const own = parameters.map(({ argumentName, type, parameter }) => {
      const input = this.#types.input(type);
      return [argumentName, { type: parameter.required ? new GraphQLNonNull(input) : input }] as const;
    });
    const args = Object.fromEntries(own);
    if (result.kind === 'value') return { type: this.#types.output(result.type), args, description };
    if (result.kind === 'row') return { type: this.#node(result.entity), args, description };
    return {
      type: this.#connection(result.entity),
      args: { ...args, ...this.#pageArguments(result.entity) },
      description,
    };
  }

  #node(entity: Entity): GraphQLObjectType {
    return once(this.#nodes, entity, () => {
      const { typeName: name, description } = entity;
      const fields = (): Fields =>
        Object.fromEntries([...entity.fields].map(([field, meaning]) => [field, this.#field(meaning)]));
      return new GraphQLObjectType({ name, description, interfaces: [NODE], fields });
    });
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
          ? { type: this.#connection(target), args: this.#pageArguments(target) }
          : { type: this.#node(target) };
      }
    }
  }

  #connection(entity: Entity): GraphQLObjectType {
    return once(this.#connections, entity, () => {
      const edge = new GraphQLObjectType({
        name: `${entity.typeName}Edge`,
        fields: () => ({
          cursor: { type: new GraphQLNonNull(SCALARS.String) },
          node: { type: new GraphQLNonNull(this.#node(entity)) },
        }),
      });
      return new GraphQLObjectType({
        name: `${entity.typeName}Connection`,
        fields: () => ({
          edges: { type: listOf(edge) },
          pageInfo: { type: new GraphQLNonNull(PAGE_INFO) },
          ...(entity.totalCount ? { totalCount: { type: new GraphQLNonNull(SCALARS.Int) } } : {}),
          ...(entity.aggregate ? { aggregate: { type: this.#aggregate(entity) } } : {}),
        }),
      });
    });
  }

  #aggregate(entity: Entity): GraphQLObjectType {
    const results = AGGREGATES.flatMap((aggregate) => {
      const columns = columnsOf(entity).flatMap((column) => {
        const type = aggregatedType(aggregate, column.type);
        return type === null ? [] : [[column.fieldName, { type: this.#types.output(type) }] as const];
      });
      if (columns.length === 0) return [];
      const name = `${entity.typeName}${aggregate.charAt(0).toUpperCase()}${aggregate.slice(1)}AggregateResult`;
      const type = new GraphQLObjectType({ name, fields: Object.fromEntries(columns) });
      return [[aggregate, { type: new GraphQLNonNull(type) }] as const];
    });
    const fields: Fields = { count: { type: new GraphQLNonNull(SCALARS.Int) }, ...Object.fromEntries(results) };
    return new GraphQLObjectType({ name: `${entity.typeName}Aggregate`, fields });
  }

  #response(entity: Entity, verb: 'Insert' | 'Update' | 'Delete'): GraphQLObjectType {
    return new GraphQLObjectType({
      name: `${entity.typeName}${verb}Response`,
      fields: () => ({
        affectedCount: {
          type: new GraphQLNonNull(SCALARS.Int),
          description: 'Count of the records impacted by the mutation',
        },
        ...(entity.readable
          ? { records: { type: listOf(this.#node(entity)), description: 'Array of records impacted by the mutation' } }
          : {}),
      }),
    });
  }

  #input(entity: Entity, verb: 'Insert' | 'Update'): GraphQLInputObjectType {
    const columns = verb === 'Insert' ? entity.insertable : entity.updatable;
    const fields = columns.map(
      ({ fieldName, type, description }) => [fieldName, { type: this.#types.input(type), description }] as const,
    );
    return new GraphQLInputObjectType({ name: `${entity.typeName}${verb}Input`, fields: Object.fromEntries(fields) });
  }

  #pageArguments(entity: Entity): GraphQLFieldConfigArgumentMap {
    const direction = new GraphQLList(new GraphQLNonNull(this.#order(entity)));
    return {
      first: { type: SCALARS.Int, description: 'Query the first `n` records in the collection' },
      last: { type: SCALARS.Int, description: 'Query the last `n` records in the collection' },
      before: { type: SCALARS.Cursor, description: 'Query values in the collection before the provided cursor' },
      after: { type: SCALARS.Cursor, description: 'Query values in the collection after the provided cursor' },
      offset: { type: SCALARS.Int, description: 'Skip n values from the after cursor' },
      filter: { type: this.#filter(entity), description: 'Filters to apply to the results set' },
      orderBy: { type: direction, description: 'Sort order to apply to the collection' },
    };
  }

  #keyArguments({ primaryKey }: Entity): GraphQLFieldConfigArgumentMap {
    return Object.fromEntries(
      primaryKey.map(({ fieldName, type }) => [fieldName, { type: new GraphQLNonNull(this.#types.input(type)) }]),
    );
  }

  #impactArguments(entity: Entity): GraphQLFieldConfigArgumentMap {
    return {
      ...(entity.readable
        ? { filter: { type: this.#filter(entity), description: 'Restricts the mutation to these records' } }
        : {}),
      atMost: {
        type: new GraphQLNonNull(SCALARS.Int),
        default: { value: 1 },
        description: 'The maximum number of records that may be affected; more are an error',
      },
    };
  }

  #filter(entity: Entity): GraphQLInputObjectType {
    return once(this.#filters, entity, () => {
      const type: GraphQLInputObjectType = new GraphQLInputObjectType({
        name: `${entity.typeName}Filter`,
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

  #order(entity: Entity): GraphQLInputObjectType {
    return once(this.#orders, entity, () => {
      const fields = columnsOf(entity)
        .filter(({ type }) => isOrdered(type))
        .map(({ fieldName }) => [fieldName, { type: ORDER_BY_DIRECTION }] as const);
      return new GraphQLInputObjectType({ name: `${entity.typeName}OrderBy`, fields: Object.fromEntries(fields) });
    });
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
