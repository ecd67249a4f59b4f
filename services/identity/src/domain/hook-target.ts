import type { Hook } from './settings.ts';

/** Where a hook is answered. */
export type HookTarget =
  | { readonly kind: 'function'; readonly schema: string; readonly name: string }
  | { readonly kind: 'http'; readonly url: string };

const NAME = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The target, or null when the address is neither a function of the project nor https (http on this machine alone). */
export function hookTarget({ uri }: Pick<Hook, 'uri'>): HookTarget | null {
  const url = URL.parse(uri);
  if (url === null) return null;
  if (url.protocol === 'pg-functions:') {
    const [empty, schema = '', name = '', ...rest] = url.pathname.split('/');
    const isName = empty === '' && rest.length === 0 && NAME.test(schema) && NAME.test(name);
    return url.hostname === 'postgres' && isName ? { kind: 'function', schema, name } : null;
  }
  if (url.username !== '' || url.password !== '') return null;
  const isOpen = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
  return isOpen ? { kind: 'http', url: url.href } : null;
}
