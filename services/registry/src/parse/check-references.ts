import { registryErrors } from '../domain/registry-errors.ts';
import { isObject, type JsonObject, resolvePointer } from './json-document.ts';

/**
 * Every reference points to something of the document, as seen from the nearest schema with an `$id`.
 *
 * @throws {AshlarError} `registry.document_malformed`.
 */
export function checkReferences(format: string, json: JsonObject): void {
  const open: { readonly node: unknown; readonly root: JsonObject }[] = [{ node: json, root: json }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node } = next;
    if (typeof node !== 'object' || node === null) continue;
    const root = isObject(node) ? rootOf(node, next.root) : next.root;
    for (const [name, inner] of Object.entries(node)) {
      if (name === '$ref' && typeof inner === 'string' && resolvePointer(root, inner) === undefined) {
        const reason = `${inner.slice(0, 200)} points to nothing`;
        throw registryErrors.documentMalformed({ format, reason });
      }
      open.push({ node: inner, root });
    }
  }
}

/** References inside a schema with an identifier are its own. */
export function rootOf(node: JsonObject, root: JsonObject): JsonObject {
  return typeof node.$id === 'string' && node !== root ? node : root;
}
