import { canonicalJson, type JsonObject } from '../parse/json-document.ts';
import type { SchemaComparison } from './json-schema.ts';

const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'] as const;

/** Types, and lists of the values there can be. */
export function compareValues(
  { findings, direction }: SchemaComparison,
  a: JsonObject,
  b: JsonObject,
  path: string,
): void {
  const [before, after] = [typesOf(a), typesOf(b)];
  const lost = [...before].filter((type) => !has(after, type));
  const gained = [...after].filter((type) => !has(before, type));
  if (lost.length > 0 || gained.length > 0) {
    const says = `is ${list(after)}, was ${list(before)}`;
    const breaks = direction === 'input' ? lost.length > 0 : gained.length > 0;
    const code =
      lost.length > 0 && gained.length > 0 ? 'type-changed' : lost.length > 0 ? 'type-narrowed' : 'type-widened';
    findings.add(breaks ? 'breaking' : 'compatible', code, path, says);
  }
  compareLists({ findings, direction }, valuesOf(a), valuesOf(b), path);
}

function compareLists(
  { findings, direction }: Pick<SchemaComparison, 'findings' | 'direction'>,
  before: ReadonlySet<string> | null,
  after: ReadonlySet<string> | null,
  path: string,
): void {
  if (before === null && after === null) return;
  const lost = before === null ? [] : after === null ? [] : [...before].filter((value) => !after.has(value));
  const gained = after === null ? [] : before === null ? [] : [...after].filter((value) => !before.has(value));
  const narrowed = lost.length > 0 || before === null;
  const widened = gained.length > 0 || after === null;
  const say = (breaks: boolean, code: string, message: string): void =>
    findings.add(breaks ? 'breaking' : 'compatible', code, path, message);
  if (narrowed) {
    const message = before === null ? 'takes only listed values now' : `${named(lost)} no longer among its values`;
    say(direction === 'input', 'values-narrowed', message);
  }
  if (widened) {
    const message = after === null ? 'may have any value now' : `${named(gained)} among its values now`;
    say(direction === 'output', 'values-widened', message);
  }
}

function named(values: readonly string[]): string {
  return values.slice(0, 10).join(', ');
}

function typesOf(schema: JsonObject): ReadonlySet<string> {
  const { type, nullable } = schema;
  if (typeof type === 'string') return new Set(nullable === true ? [type, 'null'] : [type]);
  if (Array.isArray(type)) return new Set(type.map(String));
  const values = valuesOf(schema);
  // A list of values says of which types they are.
  return new Set(values === null ? TYPES : [...values].map((value) => typeOf(JSON.parse(value))));
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function has(types: ReadonlySet<string>, type: string): boolean {
  return types.has(type) || (type === 'integer' && types.has('number'));
}

function list(types: ReadonlySet<string>): string {
  return types.size === TYPES.length ? 'anything' : [...types].toSorted().join(' or ');
}

/** As canonical JSON; null: any. */
function valuesOf({ const: only, enum: several }: JsonObject): ReadonlySet<string> | null {
  if (only !== undefined) return new Set([canonicalJson(only)]);
  return Array.isArray(several) ? new Set(several.map(canonicalJson)) : null;
}
