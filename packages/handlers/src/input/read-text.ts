import type { JsonSchema } from './wire-schema.ts';

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * A value of an address (path, query) or a flag as the JSON it stands for, by what the schema wants there. What it does
 * not stand for stays text, and the schema refuses it.
 */
export function readText(root: JsonSchema, schema: JsonSchema | undefined, texts: readonly string[]): unknown {
  const [text = ''] = texts;
  const types = typesOf(root, schema);
  if (types.has('array')) return texts.map((one) => readText(root, itemsOf(root, schema), [one]));
  if (texts.length > 1) return [...texts];
  if (types.has('string')) return text;
  if ((types.has('number') || types.has('integer')) && NUMBER.test(text)) return Number(text);
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (types.has('null') && text === 'null') return null;
  if (types.has('object')) return readJson(text);
  return text;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function typesOf(root: JsonSchema, schema: JsonSchema | undefined): ReadonlySet<string> {
  const types = new Set<string>();
  for (const { type, enum: values, const: only } of branches(root, schema)) {
    for (const one of Array.isArray(type) ? (type as readonly string[]) : [type]) {
      if (typeof one === 'string') types.add(one);
    }
    for (const value of [...(Array.isArray(values) ? (values as readonly unknown[]) : []), only]) {
      if (value !== undefined) types.add(value === null ? 'null' : typeof value);
    }
  }
  return types;
}

function itemsOf(root: JsonSchema, schema: JsonSchema | undefined): JsonSchema | undefined {
  return branches(root, schema)
    .map(({ items }) => items)
    .find((items) => typeof items === 'object');
}

function branches(root: JsonSchema, schema: JsonSchema | undefined, depth = 0): readonly JsonSchema[] {
  if (schema === undefined || depth > 16) return [];
  const target = schema.$ref === undefined ? schema : (root.$defs?.[schema.$ref.replace(/^#\/\$defs\//, '')] ?? {});
  const inner = [...(target.anyOf ?? []), ...(target.oneOf ?? []), ...(target.allOf ?? [])];
  return [target, ...inner.flatMap((one) => branches(root, one, depth + 1))];
}
