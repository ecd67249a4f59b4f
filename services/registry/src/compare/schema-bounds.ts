import type { JsonObject } from '../parse/json-document.ts';
import type { SchemaComparison } from './json-schema.ts';

const LOWEST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const HIGHEST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
const FORMS = ['pattern', 'format', 'multipleOf', 'uniqueItems', 'contentEncoding'] as const;

/** Bounds: tighter ones break who sends, looser ones who reads. */
export function compareBounds(
  { findings, direction }: SchemaComparison,
  a: JsonObject,
  b: JsonObject,
  path: string,
): void {
  const say = (tighter: boolean, message: string): void => {
    const breaks = tighter === (direction === 'input');
    findings.add(breaks ? 'breaking' : 'compatible', tighter ? 'bound-tightened' : 'bound-loosened', path, message);
  };
  for (const keyword of [...LOWEST, ...HIGHEST]) {
    const isLowest = (LOWEST as readonly string[]).includes(keyword);
    const none = isLowest ? -Infinity : Infinity;
    const [before, after] = [numberAt(a, keyword) ?? none, numberAt(b, keyword) ?? none];
    if (before === after) continue;
    say(isLowest ? after > before : after < before, `${keyword} is ${boundOf(after)}, was ${boundOf(before)}`);
  }
  for (const keyword of FORMS) {
    const [before, after] = [a[keyword], b[keyword]].map((value) => (value === false ? undefined : value));
    if (before === after) continue;
    const message = `${keyword} is ${named(after)}, was ${named(before)}`;
    if (before === undefined) say(true, message);
    else if (after === undefined) say(false, message);
    else findings.add('breaking', 'form-changed', path, message);
  }
}

function boundOf(bound: number): string {
  return Number.isFinite(bound) ? String(bound) : 'none';
}

function numberAt(schema: JsonObject, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === 'number' ? value : undefined;
}

function named(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value).slice(0, 100);
}
