import { rootOf } from '../parse/check-references.ts';
import { isObject, type JsonObject, resolvePointer } from '../parse/json-document.ts';
import type { Findings } from './changes.ts';
import { SeenPairs } from './seen-pairs.ts';

interface Value {
  readonly value: unknown;
  readonly root: JsonObject;
}

/** Whether two parts of documents say the same to the letter, what they refer to included. */
export function isSame(
  a: Value,
  b: Value,
  findings: Pick<Findings, 'below' | 'step'>,
  seen: SeenPairs = new SeenPairs(),
): boolean {
  findings.step();
  const [x, y] = [a.value, b.value];
  if (typeof x !== 'object' || x === null || typeof y !== 'object' || y === null) return x === y;
  if (seen.has(x, y)) return true;
  seen.add(x, y);
  const roots = [isObject(x) ? rootOf(x, a.root) : a.root, isObject(y) ? rootOf(y, b.root) : b.root] as const;
  const [before, after] = [new Map(Object.entries(x)), new Map(Object.entries(y))];
  if (before.size !== after.size || Array.isArray(x) !== Array.isArray(y)) return false;
  let same = true;
  findings.below(() => {
    for (const [name, value] of before) {
      const next = after.get(name);
      const isReference = name === '$ref' && typeof value === 'string' && typeof next === 'string';
      const pair = isReference
        ? ([resolvePointer(roots[0], value), resolvePointer(roots[1], next)] as const)
        : ([value, next] as const);
      same &&=
        after.has(name) &&
        isSame({ value: pair[0], root: roots[0] }, { value: pair[1], root: roots[1] }, findings, seen);
    }
  });
  return same;
}
