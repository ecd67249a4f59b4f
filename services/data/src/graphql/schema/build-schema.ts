import {
  type GraphQLAbstractType,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  introspectionTypes,
  specifiedScalarTypes,
} from 'graphql';
import { must } from '@ashlar/kernel';
import { EntityTypes } from './entity-types.ts';
import { FILTER_IS, ORDER_BY_DIRECTION } from './filter-types.ts';
import type { CallField, Entity, GraphModel, RootField } from './graph-model.ts';
import { type Field, lazyObject, lazyRecord, type MakeObject, wholeObject } from './lazy-types.ts';
import { SCALARS } from './scalars.ts';
import { NODE, PAGE_INFO, SchemaTypes } from './schema-types.ts';

/**
 * The model as graphql-js knows it, for parsing values and validating documents: types and fields are made as documents
 * name them, because a schema of thousands of tables takes a hundred times the memory of what one application asks for.
 * It resolves nothing, and it does not list its types: introspection is for `buildWholeSchema`.
 */
export function buildSchema(model: GraphModel): GraphQLSchema {
  return new LazySchema(model);
}

/** The model with all its types, for introspection. */
export function buildWholeSchema(model: GraphModel): GraphQLSchema {
  const roots = new RootTypes(model, wholeObject);
  return new GraphQLSchema({
    query: roots.query,
    mutation: roots.mutation,
    types: readableIn(model).map((entity) => roots.entityTypes.node(entity)),
    // Made from a model that only has valid names; checking thousands of types again would take longer than making them.
    assumeValid: true,
  });
}

/** What validation and values ask of a schema, answered by name. */
class LazySchema extends GraphQLSchema {
  readonly #model: GraphModel;
  readonly #roots: RootTypes;
  readonly #named: Record<string, GraphQLNamedType>;

  constructor(model: GraphModel) {
    super({ assumeValid: true });
    this.#model = model;
    this.#roots = new RootTypes(model, lazyObject);
    const found = (name: string): GraphQLNamedType | undefined => this.#roots.typeNamed(name);
    // Its keys serve to suggest a name for a misspelt one, which will be that of a table or view.
    this.#named = lazyRecord(
      (name) => found(name) !== undefined,
      () => readableIn(model).map(({ typeName }) => typeName),
      found,
    );
  }

  override getQueryType(): GraphQLObjectType {
    return this.#roots.query;
  }

  override getMutationType(): GraphQLObjectType | null {
    return this.#roots.mutation;
  }

  override getTypeMap(): Record<string, GraphQLNamedType> {
    return this.#named;
  }

  override getImplementations(interfaceType: GraphQLInterfaceType): ReturnType<GraphQLSchema['getImplementations']> {
    if (interfaceType !== NODE) return { objects: [], interfaces: [] };
    return { objects: readableIn(this.#model).map((entity) => this.#roots.entityTypes.node(entity)), interfaces: [] };
  }

  override isSubType(abstractType: GraphQLAbstractType, { name }: GraphQLObjectType | GraphQLInterfaceType): boolean {
    return abstractType === NODE && this.#model.entitiesByType.get(name)?.readable === true;
  }
}

function readableIn({ entities }: GraphModel): readonly Entity[] {
  return [...entities.values()].filter(({ readable }) => readable);
}

const FIXED_TYPES: ReadonlyMap<string, GraphQLNamedType> = new Map(
  [
    ...Object.values(SCALARS),
    ...specifiedScalarTypes,
    ...introspectionTypes,
    NODE,
    PAGE_INFO,
    FILTER_IS,
    ORDER_BY_DIRECTION,
  ].map((type) => [type.name, type]),
);

/** Query, Mutation and all they lead to. */
class RootTypes {
  readonly entityTypes: EntityTypes;
  readonly query: GraphQLObjectType;
  readonly mutation: GraphQLObjectType | null;
  readonly #model: GraphModel;
  readonly #types: SchemaTypes;

  constructor(model: GraphModel, makeObject: MakeObject) {
    const { queries, mutations } = model;
    this.#model = model;
    this.#types = new SchemaTypes(model);
    this.entityTypes = new EntityTypes(model, this.#types, makeObject);
    const rootOf = (name: string, description: string, fields: GraphModel['queries']): GraphQLObjectType =>
      makeObject({ name, description }, fields, (field) =>
        this.#root(must(fields.get(field), `field ${name}.${field}`)),
      );
    this.query = rootOf('Query', 'The root type for querying data', queries);
    this.mutation =
      mutations.size === 0 ? null : rootOf('Mutation', 'The root type for creating and mutating data', mutations);
  }

  /** The type of that name, which is made if need be. */
  typeNamed(name: string): GraphQLNamedType | undefined {
    if (name === 'Query') return this.query;
    if (name === 'Mutation') return this.mutation ?? undefined;
    const entity = this.#model.entitiesByType.get(name);
    if (entity !== undefined) return entity.readable ? this.entityTypes.node(entity) : undefined;
    return FIXED_TYPES.get(name) ?? this.#types.named(name) ?? this.#derived(name);
  }

  /** Types named after an entity: what they end with tells which. */
  #derived(name: string): GraphQLNamedType | undefined {
    for (const [ending, make] of DERIVED) {
      const entity = name.endsWith(ending) ? this.#model.entitiesByType.get(name.slice(0, -ending.length)) : undefined;
      const type = entity === undefined ? undefined : make(this.entityTypes, entity);
      if (type !== undefined) return type;
    }
    return undefined;
  }

  #root(field: RootField): Field {
    const types = this.entityTypes;
    switch (field.kind) {
      case 'node':
        return { type: NODE, args: { nodeId: { type: new GraphQLNonNull(SCALARS.ID) } } };
      case 'call':
        return this.#call(field.call);
      case 'collection':
        return { type: types.connection(field.entity), args: types.pageArguments(field.entity) };
      case 'by-key':
        return { type: types.node(field.entity), args: types.keyArguments(field.entity) };
      case 'insert': {
        const objects = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(types.input(field.entity, 'Insert'))));
        return { type: types.response(field.entity, 'Insert'), args: { objects: { type: objects } } };
      }
      case 'update':
        return {
          type: new GraphQLNonNull(types.response(field.entity, 'Update')),
          args: {
            set: { type: new GraphQLNonNull(types.input(field.entity, 'Update')) },
            ...types.impactArguments(field.entity),
          },
        };
      case 'delete':
        return {
          type: new GraphQLNonNull(types.response(field.entity, 'Delete')),
          args: types.impactArguments(field.entity),
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
    if (result.kind === 'row') return { type: this.entityTypes.node(result.entity), args, description };
    return {
      type: this.entityTypes.connection(result.entity),
      args: { ...args, ...this.entityTypes.pageArguments(result.entity) },
      description,
    };
  }
}

type Derive = (types: EntityTypes, entity: Entity) => GraphQLNamedType | undefined;

/** What an entity's types are called, and when it has them. */
const DERIVED: readonly (readonly [ending: string, make: Derive])[] = [
  ['Connection', (types, entity) => (entity.readable ? types.connection(entity) : undefined)],
  ['Edge', (types, entity) => (entity.readable ? types.edge(entity) : undefined)],
  ['Filter', (types, entity) => (entity.readable ? types.filter(entity) : undefined)],
  ['OrderBy', (types, entity) => (entity.readable ? types.order(entity) : undefined)],
  ['InsertInput', (types, entity) => (entity.insertable.length > 0 ? types.input(entity, 'Insert') : undefined)],
  ['UpdateInput', (types, entity) => (entity.updatable.length > 0 ? types.input(entity, 'Update') : undefined)],
  ['InsertResponse', (types, entity) => (entity.insertable.length > 0 ? types.response(entity, 'Insert') : undefined)],
  ['UpdateResponse', (types, entity) => (entity.updatable.length > 0 ? types.response(entity, 'Update') : undefined)],
  ['DeleteResponse', (types, entity) => (entity.deletable ? types.response(entity, 'Delete') : undefined)],
  ['SumAggregateResult', aggregateResult('sum')],
  ['AvgAggregateResult', aggregateResult('avg')],
  ['MinAggregateResult', aggregateResult('min')],
  ['MaxAggregateResult', aggregateResult('max')],
  ['Aggregate', (types, entity) => (entity.aggregate && entity.readable ? types.aggregate(entity) : undefined)],
];

function aggregateResult(aggregate: string): Derive {
  return (types, entity) => {
    if (!entity.aggregate || !entity.readable) return undefined;
    const type = types.aggregate(entity).getFields()[aggregate]?.type;
    return type instanceof GraphQLNonNull && type.ofType instanceof GraphQLObjectType ? type.ofType : undefined;
  };
}
