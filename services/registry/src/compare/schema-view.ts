import { registryErrors } from '../domain/registry-errors.ts';
import { isObject, type JsonObject, objectAt, resolvePointer } from '../parse/json-document.ts';
import { rootOf } from '../parse/check-references.ts';
import type { Findings } from './changes.ts';

/** A schema together with what its references are relative to. */
export interface Place {
  readonly schema: JsonObject;
  readonly root: JsonObject;
}

const MAX_REFERENCES = 50;
/** `allOf` within `allOf`. */
const MAX_LEVELS = 20;

/** The schema a place stands for: references followed, `true` and `false` as objects. */
export function placeOf(schema: unknown, root: JsonObject): Place {
  let place: Place = { schema: asObject(schema), root };
  for (let followed = 0; followed < MAX_REFERENCES; followed += 1) {
    place = { schema: place.schema, root: rootOf(place.schema, place.root) };
    const { $ref, ...rest } = place.schema;
    if (typeof $ref !== 'string') return place;
    const target = asObject(resolvePointer(place.root, $ref));
    // What stands beside a reference counts too; words about it do not.
    const more = Object.keys(rest).filter((keyword) => !WORDS.has(keyword) && !CONTAINERS.has(keyword));
    if (more.length === 0) place = { schema: target, root: place.root };
    else return { schema: { allOf: [target, rest] }, root: place.root };
  }
  // A reference that leads back to itself says nothing.
  return { schema: {}, root };
}

/** A schema with its `allOf` folded in, as far as its parts do not speak of the same. */
export function flatten({ schema, root }: Place, findings: Pick<Findings, 'step'>, level = 0): Place {
  if (!Array.isArray(schema.allOf)) return { schema, root };
  const { allOf, ...own } = schema;
  let merged: JsonObject | null = own;
  // Without end, it would say nothing that could be compared.
  if (level >= MAX_LEVELS) throw registryErrors.tooComplex({ most: MAX_LEVELS });
  for (const part of allOf as readonly unknown[]) {
    const { schema: one, root: base } = flatten(placeOf(part, root), findings, level + 1);
    findings.step(1 + Object.keys(objectAt(merged, 'properties')).length);
    merged = base === root && merged !== null ? merge(merged, one) : null;
  }
  return { schema: merged ?? schema, root };
}

/** Null: both say something of the same keyword. */
function merge(a: JsonObject, b: JsonObject): JsonObject | null {
  const result: Record<string, unknown> = { ...a };
  for (const [keyword, value] of Object.entries(b)) {
    const there = result[keyword];
    if (keyword === 'properties' && isObject(there) && isObject(value)) {
      if (Object.keys(value).some((name) => Object.hasOwn(there, name))) return null;
      result[keyword] = { ...there, ...value };
    } else if (keyword === 'required' && Array.isArray(there) && Array.isArray(value)) {
      result[keyword] = [...new Set([...(there as unknown[]), ...(value as unknown[])])];
    } else if (there === undefined || WORDS.has(keyword)) result[keyword] = value;
    else if (JSON.stringify(there) !== JSON.stringify(value)) return null;
  }
  return result;
}

/** Keywords that promise nothing. */
export const WORDS: ReadonlySet<string> = new Set([
  'title',
  'description',
  'summary',
  'default',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
  '$schema',
  'externalDocs',
]);

/** Keywords that hold schemas for others to refer to. */
export const CONTAINERS: ReadonlySet<string> = new Set(['$defs', 'definitions', '$id']);

function asObject(schema: unknown): JsonObject {
  if (schema === false) return { not: {} };
  return isObject(schema) ? schema : {};
}
