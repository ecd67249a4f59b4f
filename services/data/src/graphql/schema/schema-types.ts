import {
  GraphQLEnumType,
  type GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLNullableInputType,
  type GraphQLNullableOutputType,
  GraphQLObjectType,
  GraphQLScalarType,
} from 'graphql';
import { ENUM_OPERATORS, filterType, LIST_OPERATORS, SCALAR_OPERATORS } from './filter-types.ts';
import type { Enumeration, GraphModel, ValueType } from './graph-model.ts';
import { type ScalarName, SCALARS } from './scalars.ts';

export const NODE: GraphQLInterfaceType = new GraphQLInterfaceType({
  name: 'Node',
  fields: { nodeId: { type: new GraphQLNonNull(SCALARS.ID), description: 'Retrieves a record by `ID`' } },
});

export const PAGE_INFO: GraphQLObjectType = new GraphQLObjectType({
  name: 'PageInfo',
  fields: {
    endCursor: { type: SCALARS.String },
    hasNextPage: { type: new GraphQLNonNull(SCALARS.Boolean) },
    hasPreviousPage: { type: new GraphQLNonNull(SCALARS.Boolean) },
    startCursor: { type: SCALARS.String },
  },
});

/** The GraphQL types of columns' values, and of the filters on them; each is made once. */
export class SchemaTypes {
  readonly #enums = new Map<Enumeration, GraphQLEnumType>();
  readonly #enumsByName = new Map<string, GraphQLEnumType>();
  readonly #filters = new Map<string, GraphQLInputObjectType>();

  constructor({ enumerations }: Pick<GraphModel, 'enumerations'>) {
    for (const enumeration of enumerations.values()) {
      const type = new GraphQLEnumType({
        name: enumeration.typeName,
        description: enumeration.description,
        values: Object.fromEntries(enumeration.values.map(({ name, label }) => [name, { value: label }])),
      });
      this.#enums.set(enumeration, type);
      this.#enumsByName.set(type.name, type);
    }
  }

  output(type: ValueType): GraphQLNullableOutputType {
    const element = this.#element(type);
    return type.isList ? new GraphQLList(element) : element;
  }

  input(type: ValueType): GraphQLNullableInputType {
    const element = this.#element(type);
    return type.isList ? new GraphQLList(element) : element;
  }

  /** An enum, or the filter of a column's type, by its name. */
  named(name: string): GraphQLEnumType | GraphQLInputObjectType | undefined {
    const known = this.#enumsByName.get(name);
    if (known !== undefined) return known;
    const ending = ['ListFilter', 'Filter'].find((each) => name.endsWith(each));
    if (ending === undefined) return undefined;
    const stem = name.slice(0, -ending.length);
    const element = Object.hasOwn(SCALARS, stem) ? SCALARS[stem as ScalarName] : this.#enumsByName.get(stem);
    if (element === undefined || element === SCALARS.Cursor) return undefined;
    if (ending === 'ListFilter') return this.#listFilter(element);
    return element instanceof GraphQLEnumType ? this.#enumFilter(element) : this.scalarFilter(stem as ScalarName);
  }

  scalarFilter(name: ScalarName): GraphQLInputObjectType {
    return this.#filter(`${name}Filter`, SCALARS[name], SCALAR_OPERATORS[name]);
  }

  /** Null when the type has nothing to compare by: `json` has no equality. */
  filter(type: ValueType): GraphQLInputObjectType | null {
    const element = this.#element(type);
    if (type.isList) {
      return type.spelling === 'json[]' ? null : this.#listFilter(element);
    }
    if (type.spelling === 'json') return null;
    return 'scalar' in type.of ? this.scalarFilter(type.of.scalar) : this.#enumFilter(element);
  }

  #listFilter(element: GraphQLScalarType | GraphQLEnumType): GraphQLInputObjectType {
    return this.#filter(`${element.name}ListFilter`, new GraphQLList(new GraphQLNonNull(element)), LIST_OPERATORS);
  }

  #enumFilter(element: GraphQLScalarType | GraphQLEnumType): GraphQLInputObjectType {
    return this.#filter(`${element.name}Filter`, element, ENUM_OPERATORS);
  }

  #filter(
    name: string,
    value: GraphQLNullableInputType,
    operators: Parameters<typeof filterType>[2],
  ): GraphQLInputObjectType {
    const known = this.#filters.get(name);
    if (known !== undefined) return known;
    const made = filterType(name, value, operators);
    this.#filters.set(name, made);
    return made;
  }

  #element({ of }: ValueType): GraphQLScalarType | GraphQLEnumType {
    if ('scalar' in of) return SCALARS[of.scalar];
    return this.#enums.get(of.enumeration) ?? SCALARS.Opaque;
  }
}
