import {
  GraphQLBoolean,
  GraphQLError,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLScalarType,
  GraphQLString,
  Kind,
  print,
  type ConstValueNode,
} from 'graphql';

/** A scalar whose values travel as text: PostgreSQL reads it and says what is wrong with it. */
function textScalar(name: string, description: string): GraphQLScalarType<string, string> {
  return new GraphQLScalarType<string, string>({
    name,
    description,
    coerceInputValue: (value) => textOf(name, value),
    coerceInputLiteral: (node) => textOfLiteral(name, node),
  });
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new GraphQLError(`${name} wants a string, found ${describe(value)}`);
}

/** Digits are kept as they were written: a number of JavaScript would lose those past 2^53. */
function textOfLiteral(name: string, node: ConstValueNode): string {
  if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT) return node.value;
  throw new GraphQLError(`${name} wants a string, found ${print(node)}`, { nodes: node });
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value);
}

export type ScalarName =
  | 'ID'
  | 'Int'
  | 'Float'
  | 'String'
  | 'Boolean'
  | 'BigInt'
  | 'BigFloat'
  | 'Cursor'
  | 'Date'
  | 'Datetime'
  | 'JSON'
  | 'Opaque'
  | 'Time'
  | 'UUID';

/** Every scalar of the dialect by its name. */
export const SCALARS: Readonly<Record<ScalarName, GraphQLScalarType>> = {
  ID: GraphQLID,
  Int: GraphQLInt,
  Float: GraphQLFloat,
  String: GraphQLString,
  Boolean: GraphQLBoolean,
  BigInt: textScalar('BigInt', 'An integer beyond 32 bits, as a string'),
  BigFloat: textScalar('BigFloat', 'A number of any precision, as a string'),
  Cursor: textScalar('Cursor', 'An opaque place in a collection'),
  Date: textScalar('Date', 'A date without a time, ISO 8601'),
  Datetime: textScalar('Datetime', 'A date with a time, ISO 8601'),
  JSON: textScalar('JSON', 'JSON as a string'),
  Opaque: textScalar('Opaque', 'A value of a type without a scalar of its own'),
  Time: textScalar('Time', 'A time without a date, ISO 8601'),
  UUID: textScalar('UUID', 'A universally unique identifier'),
};
