import type { JsonSchema } from '../../../packages/handlers/src/input/wire-schema.ts';

const ID = '018f0000-0000-7000-8000-000000000001';
/** Texts of a shop, tried in turn where a pattern asks for a form. */
const TEXTS = ['pcs', 'USD', '1', 'A-1', 'a', 'en', '4006381333931', '2026-01-01', '2026-11'];
const BY_NAME: Readonly<Record<string, string>> = {
  uom: 'pcs',
  currency: 'USD',
  amount: '1',
  value: '1',
  quantity: '1',
  timezone: 'UTC',
  month: '2026-11',
  percent: '1',
};

/** The least input a schema takes: what has to be there, once. Ids are well formed and nobody's. */
export function sampleOf(schema: JsonSchema, name = ''): unknown {
  const choice = (schema.anyOf ?? schema.oneOf)?.find(({ type }) => type !== 'null');
  if (choice !== undefined) return sampleOf(choice, name);
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.const !== undefined) return schema.const;
  switch (schema.type) {
    case 'object': {
      const { properties, required = [], additionalProperties } = schema;
      if (properties === undefined) {
        return typeof additionalProperties === 'object' ? { en: sampleOf(additionalProperties) } : {};
      }
      return Object.fromEntries(required.map((member) => [member, sampleOf(properties[member] ?? {}, member)]));
    }
    case 'array':
      return itemsOf(schema, name);
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' && schema.minimum > 0 ? schema.minimum : 1;
    case 'boolean':
      return true;
    case 'string':
      return textOf(schema, name);
    default:
      return 'x';
  }
}

function itemsOf({ items, minItems }: JsonSchema, name: string): readonly unknown[] {
  if (typeof items !== 'object') return [];
  return Array.from({ length: typeof minItems === 'number' && minItems > 1 ? minItems : 1 }, () =>
    sampleOf(items, name),
  );
}

function textOf({ format, pattern }: JsonSchema, name: string): string {
  if (format === 'uuid') return ID;
  if (format === 'date-time') return '2026-01-01T00:00:00Z';
  if (format === 'date') return '2026-01-01';
  const named = BY_NAME[name];
  if (named !== undefined) return named;
  if (typeof pattern !== 'string') return 'Sample';
  const form = new RegExp(pattern);
  return TEXTS.find((text) => form.test(text)) ?? 'Sample';
}
