import { z } from 'zod';

/** JSON Schema, draft 2020-12, as far as our schemas use it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly [keyword: string]: unknown;
}

const known = new WeakMap<z.ZodType, JsonSchema>();

/** What a schema's values look like on the wire, input and output alike: codecs by their JSON side. */
export function wireSchema(schema: z.ZodType): JsonSchema {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const { $schema: _dialect, ...made } = closed(
    // zod says `unknown` of its own documents; they are JSON Schema.
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' }) as JsonSchema,
  );
  known.set(schema, made);
  return made;
}

/** Objects take no members they do not name: the documents say what the runtime does. */
function closed(schema: JsonSchema): JsonSchema {
  const copy: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' || keyword === '$defs') {
      copy[keyword] = Object.fromEntries(
        // Both keywords hold schemas by name.
        Object.entries(value as Record<string, JsonSchema>).map(([name, inner]) => [name, closed(inner)]),
      );
    } else if (Array.isArray(value)) {
      copy[keyword] = value.map((item: unknown) => (isSchema(item) ? closed(item) : item));
    } else {
      copy[keyword] = keyword !== 'const' && keyword !== 'default' && isSchema(value) ? closed(value) : value;
    }
  }
  const isObject = schema.type === 'object' && schema.properties !== undefined;
  return isObject && schema.additionalProperties === undefined ? { ...copy, additionalProperties: false } : copy;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
