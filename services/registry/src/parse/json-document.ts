import { registryErrors } from '../domain/registry-errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Levels of arrays and objects within each other. */
const MAX_DEPTH = 100;
/** Objects, arrays and plain values together. */
const MAX_NODES = 250_000;

/**
 * Checks depth, size and references of a JSON value without recursion, so that no document exhausts the stack.
 *
 * @throws {AshlarError} `registry.document_malformed`, `registry.document_too_large`.
 */
export function checkJson(value: unknown, format: string): JsonObject {
  const refuse = (reason: string): Error => registryErrors.documentMalformed({ format, reason });
  if (!isObject(value)) throw refuse('it is no JSON object');
  const open: { readonly node: unknown; readonly depth: number }[] = [{ node: value, depth: 1 }];
  let seen = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    seen += 1;
    if (seen > MAX_NODES) throw registryErrors.documentTooLarge({ most: MAX_NODES, what: 'values' });
    if (next.depth > MAX_DEPTH) throw registryErrors.documentTooLarge({ most: MAX_DEPTH, what: 'levels' });
    if (typeof next.node !== 'object' || next.node === null) continue;
    for (const [name, node] of Object.entries(next.node)) {
      if (name === '__proto__') throw refuse('a member is called __proto__');
      if (name === '$ref' && typeof node === 'string' && !node.startsWith('#')) {
        throw refuse(`${node.slice(0, 200)} points outside of it`);
      }
      if (/^\$(dynamicRef|recursiveRef|dynamicAnchor|anchor)$/.test(name)) throw refuse(`${name} is not understood`);
      open.push({ node, depth: next.depth + 1 });
    }
  }
  return value;
}

/** The same text for the same value, whatever the order of its members. The value has passed `checkJson`. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(',')}}`;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is an object, or an empty one. */
export function objectAt(value: unknown, name: string): JsonObject {
  const found = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isObject(found) ? found : {};
}

/** What `#/a/b` points to in the root; undefined: nothing. */
export function resolvePointer(root: unknown, pointer: string): unknown {
  if (pointer === '#') return root;
  if (!pointer.startsWith('#/')) return undefined;
  let found: unknown = root;
  for (const step of pointer.slice(2).split('/')) {
    const name = decode(step).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
