import type { FieldError } from '@ashlar/kernel';
import { escapePointer, MAX_FAULTS } from './text-faults.ts';
import type { JsonSchema } from './wire-schema.ts';

/** Members no schema names: a misspelt one is a mistake to be told, not to be dropped. */
export function unknownMembers(root: JsonSchema, input: unknown): readonly FieldError[] {
  const faults: FieldError[] = [];
  visit(root, root, input, '', faults);
  return faults.slice(0, MAX_FAULTS);
}

function visit(root: JsonSchema, at: JsonSchema, value: unknown, pointer: string, faults: FieldError[]): void {
  if (typeof value !== 'object' || value === null) return;
  const choices = alternatives(root, at);
  if (Array.isArray(value)) {
    const items = choices.flatMap(({ items: inner }) => (typeof inner === 'object' ? [inner] : []));
    if (items.length === 0) return;
    for (const [index, item] of value.entries()) visit(root, { anyOf: items }, item, `${pointer}/${index}`, faults);
    return;
  }
  const objects = choices.filter(({ type, properties }) => type === 'object' || properties !== undefined);
  if (objects.length === 0) return;
  for (const [name, member] of Object.entries(value)) {
    const schemas = objects.flatMap((object) => memberSchema(object, name));
    const place = `${pointer}/${escapePointer(name)}`;
    if (schemas.length === 0) faults.push({ pointer: place, code: 'unknown_member', detail: 'No member of this name' });
    else visit(root, { anyOf: schemas }, member, place, faults);
  }
}

function memberSchema({ properties = {}, additionalProperties }: JsonSchema, name: string): readonly JsonSchema[] {
  if (Object.hasOwn(properties, name)) return [properties[name] ?? {}];
  if (additionalProperties === false) return [];
  return [typeof additionalProperties === 'object' ? additionalProperties : {}];
}

/** Every schema a value may follow; of a union all count, and the schema itself says which one it has to be. */
function alternatives(root: JsonSchema, at: JsonSchema, depth = 0): readonly JsonSchema[] {
  if (depth > 16) return [];
  const target = at.$ref === undefined ? at : resolve(root, at.$ref);
  const inner = [...(target.anyOf ?? []), ...(target.oneOf ?? []), ...(target.allOf ?? [])];
  return [target, ...inner.flatMap((one) => alternatives(root, one, depth + 1))];
}

function resolve(root: JsonSchema, ref: string): JsonSchema {
  if (ref === '#') return root;
  const name = ref.replace(/^#\/\$defs\//, '');
  return root.$defs?.[name] ?? {};
}
