import { canonicalJson, isObject, objectAt } from '../parse/json-document.ts';
import type { Change } from '../domain/change.ts';
import type { Findings } from './changes.ts';
import { isSame } from './is-same.ts';
import { SeenPairs } from './seen-pairs.ts';
import { compareBounds } from './schema-bounds.ts';
import { compareValues } from './schema-values.ts';
import { CONTAINERS, flatten, type Place, placeOf, WORDS } from './schema-view.ts';

/**
 * Who writes the values. `input`: clients do, so what was taken has to be taken still. `output`: the server does, so
 * nothing may come that did not come before.
 */
export type Direction = 'input' | 'output';

export interface SchemaComparison {
  readonly findings: Findings;
  readonly direction: Direction;
  /** So that schemas that hold themselves end. */
  readonly seen: SeenPairs;
}

/** Among how many new members one that was renamed is looked for. */
const MAX_TWINS = 20;

/** Says what became of a schema. References are those of the document each place belongs to. */
export function compareSchemas(comparison: SchemaComparison, before: Place, after: Place, path: string): void {
  const { findings, seen } = comparison;
  findings.step();
  const [a, b] = [placeOf(before.schema, before.root), placeOf(after.schema, after.root)];
  // What a reference leads to, and where it stands: one of the two is always part of the document.
  if (seen.has(before.schema, after.schema) || seen.has(a.schema, b.schema)) return;
  seen.add(before.schema, after.schema);
  seen.add(a.schema, b.schema);
  findings.below(() => compareFlat(comparison, flatten(a, findings), flatten(b, findings), path));
}

/** Handled one by one; every other keyword has to stay as it is. */
const JUDGED: ReadonlySet<string> = new Set([
  ...WORDS,
  ...CONTAINERS,

  '$ref',
  'type',
  'enum',
  'const',
  'nullable',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'anyOf',
  'oneOf',
  'minimum',
  'exclusiveMinimum',
  'maximum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'multipleOf',
  'uniqueItems',
  'pattern',
  'format',
  'prefixItems',
  'propertyNames',
  'contentEncoding',
]);

function compareFlat(comparison: SchemaComparison, a: Place, b: Place, path: string): void {
  const { findings } = comparison;
  const variants = [variantsOf(a, findings), variantsOf(b, findings)] as const;
  if (variants[0].length > 1 || variants[1].length > 1) {
    compareVariants(comparison, variants[0], variants[1], path);
    return;
  }
  const [[x], [y]] = variants;
  if (x !== undefined && y !== undefined && (x.schema !== a.schema || y.schema !== b.schema)) {
    findings.below(() => compareFlat(comparison, x, y, path));
    return;
  }
  compareValues(comparison, a.schema, b.schema, path);
  compareBounds(comparison, a.schema, b.schema, path);
  compareMembers(comparison, a, b, path);
  compareInner(comparison, a, b, path);
  for (const keyword of new Set([...Object.keys(a.schema), ...Object.keys(b.schema)])) {
    if (JUDGED.has(keyword) || keyword.startsWith('x-')) continue;
    const [was, is] = [a.schema[keyword], b.schema[keyword]];
    if (!isSame({ value: was, root: a.root }, { value: is, root: b.root }, findings)) {
      findings.add('breaking', 'unjudged', path, `${keyword} has changed, which cannot be judged`);
    }
  }
  compareWords(findings, a, b, path);
}

function compareWords(findings: Findings, a: Place, b: Place, path: string): void {
  for (const keyword of WORDS) {
    if (canonicalJson(a.schema[keyword] ?? null) === canonicalJson(b.schema[keyword] ?? null)) continue;
    findings.add('note', 'words', path, `its ${keyword} has changed`);
  }
}

/** A choice as a list; what stands beside it belongs to each. */
function variantsOf({ schema, root }: Place, findings: Findings): readonly Place[] {
  const choice = Array.isArray(schema.anyOf) ? 'anyOf' : Array.isArray(schema.oneOf) ? 'oneOf' : null;
  if (choice === null) return [{ schema, root }];
  const { [choice]: options, ...rest } = schema;
  const beside = Object.keys(rest).some((keyword) => !WORDS.has(keyword) && !CONTAINERS.has(keyword));
  // A choice of nothing is one that is never met.
  const list: readonly unknown[] = Array.isArray(options) && options.length > 0 ? options : [false];
  return list.map((option) => {
    const place = placeOf(option, root);
    if (!beside) return flatten(place, findings);
    return flatten({ schema: { allOf: [rest, place.schema] }, root: place.root }, findings);
  });
}

/** What clients may send has to fit a new variant; what the server sends has to fit an old one. */
function compareVariants(
  comparison: SchemaComparison,
  before: readonly Place[],
  after: readonly Place[],
  path: string,
): void {
  const { findings, direction } = comparison;
  const isInput = direction === 'input';
  const [asked, offered] = isInput ? [before, after] : [after, before];
  const fit = (one: Place, other: Place): readonly Change[] | null =>
    findings.trial((trial) => {
      trial.step();
      const [a, b] = isInput ? [one, other] : [other, one];
      const inner = { findings: trial, direction, seen: new SeenPairs(comparison.seen) };
      trial.below(() => compareFlat(inner, a, b, path));
    });
  const lost: Place[] = [];
  for (const [index, one] of asked.entries()) {
    // The one at its own place first: most variants stay where they were.
    const twin = offered[index];
    const found = (twin === undefined ? null : fit(one, twin)) ?? firstFit(one, offered, fit);
    if (found === null) lost.push(one);
    else for (const { level, code, path: at, message } of found) findings.add(level, code, at, message);
  }
  const [only] = lost;
  // One variant that changed is told by what changed in it.
  const partner = before.length === after.length && lost.length === 1 && only !== undefined ? asked.indexOf(only) : -1;
  const [was, is] = [before[partner], after[partner]];
  if (was !== undefined && is !== undefined) {
    findings.below(() => compareFlat(comparison, was, is, `${path}/<${partner}>`));
    return;
  }
  for (const one of lost) {
    const what = describe(one);
    if (isInput) findings.add('breaking', 'variant-removed', path, `${what} is no longer taken`);
    else findings.add('breaking', 'variant-added', path, `${what} may come, which did not before`);
  }
  if (lost.length === 0 && before.length !== after.length) {
    findings.add('compatible', 'variants-changed', path, `there are ${after.length} variants, were ${before.length}`);
  }
}

function firstFit(
  one: Place,
  offered: readonly Place[],
  fit: (one: Place, other: Place) => readonly Change[] | null,
): readonly Change[] | null {
  for (const other of offered) {
    const found = fit(one, other);
    if (found !== null) return found;
  }
  return null;
}

function describe({ schema }: Place): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const).slice(0, 80);
  if (Array.isArray(schema.enum)) return JSON.stringify(schema.enum).slice(0, 80);
  const names = Object.keys(objectAt(schema, 'properties'));
  if (names.length > 0) return `the variant with ${names.slice(0, 5).join(', ')}`;
  return `the variant ${JSON.stringify(schema.type ?? 'any')}`;
}

function compareMembers(comparison: SchemaComparison, a: Place, b: Place, path: string): void {
  const { findings, direction } = comparison;
  const [before, after] = [objectAt(a.schema, 'properties'), objectAt(b.schema, 'properties')];
  const [needed, needs] = [requiredOf(a), requiredOf(b)];
  const added = Object.keys(after).filter((name) => !Object.hasOwn(before, name));
  for (const [name, schema] of Object.entries(before)) {
    const at = `${path}/${name}`;
    if (!Object.hasOwn(after, name)) {
      const twin =
        added.length > MAX_TWINS
          ? undefined
          : added.find((other) => canonicalJson(after[other]) === canonicalJson(schema));
      const renamed = twin === undefined ? '' : `; was it renamed to ${twin}?`;
      findings.add('breaking', 'member-removed', at, `is gone${renamed}`);
      continue;
    }
    if (direction === 'input' && needs.has(name) && !needed.has(name)) {
      findings.add('breaking', 'input-required', at, 'has to be given, and did not have to before');
    } else if (direction === 'output' && needed.has(name) && !needs.has(name)) {
      findings.add('breaking', 'output-optional', at, 'may be missing, and was always there before');
    } else if (needs.has(name) !== needed.has(name)) {
      findings.add('compatible', 'required-changed', at, needs.has(name) ? 'is always there' : 'may be left out');
    }
    compareSchemas(
      comparison,
      { schema: asSchema(schema), root: a.root },
      { schema: asSchema(after[name]), root: b.root },
      at,
    );
  }
  for (const name of added) {
    if (direction === 'input' && needs.has(name)) {
      findings.add('breaking', 'input-required', `${path}/${name}`, 'is new and has to be given');
    } else findings.add('compatible', 'member-added', `${path}/${name}`, 'is new');
  }
  for (const name of needs) {
    if (direction !== 'input' || needed.has(name) || Object.hasOwn(after, name) || Object.hasOwn(before, name))
      continue;
    findings.add('breaking', 'input-required', `${path}/${name}`, 'has to be given, and did not have to before');
  }
}

function requiredOf({ schema }: Place): ReadonlySet<string> {
  return new Set(Array.isArray(schema.required) ? (schema.required as readonly unknown[]).map(String) : []);
}

/** What arrays and open objects hold. */
function compareInner(comparison: SchemaComparison, a: Place, b: Place, path: string): void {
  const { findings, direction } = comparison;
  for (const [keyword, step] of [
    ['items', '*'],
    ['additionalProperties', '<name>'],
    ['propertyNames', '<name>'],
  ] as const) {
    const [before, after] = [a.schema[keyword] ?? true, b.schema[keyword] ?? true];
    if (before === after) continue;
    const at = `${path}/${step}`;
    if (keyword === 'additionalProperties' && after === false) {
      // A server that sends fewer members has said so above.
      if (direction === 'input') findings.add('breaking', 'closed', path, 'takes no other members any more');
    } else if (keyword === 'additionalProperties' && before === false) {
      // New members are what answers may gain, named or not.
      findings.add('compatible', 'opened', path, 'may have other members');
    } else {
      compareSchemas(
        comparison,
        { schema: asSchema(before), root: a.root },
        { schema: asSchema(after), root: b.root },
        at,
      );
    }
  }
  const [before, after] = [a.schema.prefixItems, b.schema.prefixItems].map((list) => (Array.isArray(list) ? list : []));
  if (before === undefined || after === undefined) return;
  if (before.length !== after.length) {
    findings.add('breaking', 'items-changed', path, `lists ${after.length} places, were ${before.length}`);
    return;
  }
  for (const [index, schema] of before.entries()) {
    const pair = [asSchema(schema), asSchema(after[index])] as const;
    compareSchemas(
      comparison,
      { schema: pair[0], root: a.root },
      { schema: pair[1], root: b.root },
      `${path}/${index}`,
    );
  }
}

function asSchema(schema: unknown): Place['schema'] {
  if (schema === false) return { not: {} };
  return isObject(schema) ? schema : {};
}
