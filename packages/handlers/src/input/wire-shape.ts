import type { JsonSchema } from './wire-schema.ts';

/** What a value is on the wire, as far as languages with types of their own can tell it. */
export type Shape = { readonly nullable: boolean } & (
  | { readonly kind: 'text' | 'boolean' | 'number' }
  /** Whole; within 32 bits, or else within the 53 bits a number of JSON is trusted with. */
  | { readonly kind: 'integer'; readonly isSmall: boolean }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly item: Shape; readonly isNeverEmpty: boolean }
  | { readonly kind: 'map'; readonly value: Shape }
  | ObjectShape
  /** No language of the derived contracts has a type for it: JSON as it is. */
  | { readonly kind: 'any' }
);

interface ObjectShape {
  readonly kind: 'object';
  /** The same everywhere it is met, such as Money; null for one that only its place names. */
  readonly title: string | null;
  readonly members: readonly Member[];
}

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly description: string | undefined;
  /** Chosen by hand, where the name's own number is taken. */
  readonly protoField: number | undefined;
}

const INT32 = 2 ** 31;
/** Deeper than any input may be; what refers to itself ends here. */
const MAX_DEPTH = 32;
const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]*$/;
const ANY: Shape = { kind: 'any', nullable: false };

/** The shape of a wire schema's root. */
export function shapeOf(root: JsonSchema): Shape {
  return read(root, root, 0);
}

function read(root: JsonSchema, schema: JsonSchema, depth: number): Shape {
  if (depth > MAX_DEPTH) return ANY;
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace(/^#\/\$defs\//, '')];
    return target === undefined ? ANY : read(root, target, depth + 1);
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    const others = choices.filter(({ type }) => type !== 'null');
    const [only] = others;
    if (only === undefined || others.length > 1) return ANY;
    const shape = read(root, only, depth + 1);
    return others.length < choices.length ? { ...shape, nullable: true } : shape;
  }
  if (schema.allOf !== undefined) return ANY;
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]) as readonly (string | undefined)[];
  const named = types.filter((type) => type !== 'null');
  const nullable = named.length < types.length;
  return named.length === 1 ? { ...readType(root, schema, named[0], depth), nullable } : ANY;
}

function readType(root: JsonSchema, schema: JsonSchema, type: string | undefined, depth: number): Shape {
  const nullable = false;
  switch (type) {
    case 'string':
      return isTexts(schema.enum) ? { kind: 'choice', values: schema.enum, nullable } : { kind: 'text', nullable };
    case 'boolean':
    case 'number':
      return { kind: type, nullable };
    case 'integer':
      return { kind: 'integer', isSmall: isSmall(schema), nullable };
    case 'array': {
      const { items, prefixItems } = schema;
      if (typeof items !== 'object' || prefixItems !== undefined) return ANY;
      const isNeverEmpty = typeof schema.minItems === 'number' && schema.minItems > 0;
      return { kind: 'list', item: read(root, items, depth + 1), isNeverEmpty, nullable };
    }
    case 'object':
      return readObject(root, schema, depth);
    default:
      return ANY;
  }
}

function readObject(root: JsonSchema, schema: JsonSchema, depth: number): Shape {
  const { properties, additionalProperties, required = [], title } = schema;
  const nullable = false;
  if (properties === undefined) {
    if (typeof additionalProperties !== 'object') return ANY;
    return { kind: 'map', value: read(root, additionalProperties, depth + 1), nullable };
  }
  const names = Object.keys(properties);
  if (additionalProperties !== false || !names.every((name) => IDENTIFIER.test(name))) return ANY;
  const members = Object.entries(properties).map(([name, member]): Member => {
    const { description, protoField } = member;
    return {
      name,
      shape: read(root, member, depth + 1),
      required: required.includes(name),
      description: typeof description === 'string' ? description : undefined,
      protoField: typeof protoField === 'number' ? protoField : undefined,
    };
  });
  return { kind: 'object', title: typeof title === 'string' ? title : null, members, nullable };
}

function isSmall({ minimum, maximum }: JsonSchema): boolean {
  return typeof minimum === 'number' && minimum >= -INT32 && typeof maximum === 'number' && maximum < INT32;
}

function isTexts(values: unknown): values is readonly string[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'string');
}
