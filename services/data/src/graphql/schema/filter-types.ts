import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNullableInputType,
  GraphQLList,
  GraphQLNonNull,
} from 'graphql';
import type { ScalarName } from './scalars.ts';

/** What `is` takes. */
export const FILTER_IS: GraphQLEnumType = new GraphQLEnumType({
  name: 'FilterIs',
  values: { NULL: { value: 'NULL' }, NOT_NULL: { value: 'NOT_NULL' } },
});

/** How a collection is ordered by one column. */
export const ORDER_BY_DIRECTION: GraphQLEnumType = new GraphQLEnumType({
  name: 'OrderByDirection',
  values: {
    AscNullsFirst: { value: 'AscNullsFirst', description: 'Ascending order, nulls first' },
    AscNullsLast: { value: 'AscNullsLast', description: 'Ascending order, nulls last' },
    DescNullsFirst: { value: 'DescNullsFirst', description: 'Descending order, nulls first' },
    DescNullsLast: { value: 'DescNullsLast', description: 'Descending order, nulls last' },
  },
});

const EQUALITY = ['eq', 'neq', 'in', 'is'] as const;
const ORDERED = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'in', 'is'] as const;
const LIST = ['eq', 'is', 'contains', 'containedBy', 'overlaps'] as const;

type FilterOperator =
  | (typeof ORDERED)[number]
  | (typeof LIST)[number]
  | 'startsWith'
  | 'like'
  | 'ilike'
  | 'regex'
  | 'iregex';

/** Which operators a column of each scalar can be filtered by. */
export const SCALAR_OPERATORS: Readonly<Record<ScalarName, readonly FilterOperator[]>> = {
  ID: ['eq'],
  Int: ORDERED,
  Float: ORDERED,
  BigInt: ORDERED,
  BigFloat: ORDERED,
  Date: ORDERED,
  Time: ORDERED,
  Datetime: ORDERED,
  String: [...ORDERED, 'startsWith', 'like', 'ilike', 'regex', 'iregex'],
  Boolean: ['eq', 'is'],
  UUID: EQUALITY,
  JSON: ['eq', 'neq', 'is', 'contains', 'containedBy'],
  Opaque: ['eq', 'is'],
  Cursor: [],
};
export const ENUM_OPERATORS: readonly FilterOperator[] = EQUALITY;
export const LIST_OPERATORS: readonly FilterOperator[] = LIST;

/** The input of one column's filter: its members are operators, all of which must hold. */
export function filterType(
  name: string,
  value: GraphQLNullableInputType,
  operators: readonly FilterOperator[],
): GraphQLInputObjectType {
  const fields = operators.map((operator) => [operator, { type: operandType(operator, value) }] as const);
  return new GraphQLInputObjectType({ name, fields: Object.fromEntries(fields) });
}

function operandType(operator: FilterOperator, value: GraphQLNullableInputType): GraphQLInputType {
  if (operator === 'is') return FILTER_IS;
  return operator === 'in' ? new GraphQLList(new GraphQLNonNull(value)) : value;
}
