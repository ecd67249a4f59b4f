import { restErrors } from '../rest-errors.ts';

/** What a path below the service's prefix names. */
export type Resource =
  | { readonly kind: 'root' }
  | { readonly kind: 'relation'; readonly name: string }
  | { readonly kind: 'routine'; readonly name: string };

const ROOT: Resource = { kind: 'root' };

/**
 * @param path Decoded, without a leading slash; one trailing slash does not count.
 * @throws PGRST125 for a deeper path.
 */
export function parseResource(path: string): Resource {
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
  if (trimmed === '') return ROOT;
  if (trimmed.includes('\0')) throw restErrors.invalidPath();
  const slash = trimmed.indexOf('/');
  if (slash === -1) return { kind: 'relation', name: trimmed };
  const name = trimmed.slice(slash + 1);
  if (trimmed.slice(0, slash) !== 'rpc' || name === '' || name.includes('/')) throw restErrors.invalidPath();
  return { kind: 'routine', name };
}
