import { send } from './send.ts';

const MOST = 8;

/** Users of a project whose address, number or name begins so. */
export async function findUsers(
  ref: string,
  term: string,
  signal: AbortSignal,
): Promise<readonly { readonly id: string; readonly email: string }[]> {
  const query = new URLSearchParams({ page: '1', per_page: String(MOST), filter: term });
  const path = `/control/v1/projects/${encodeURIComponent(ref)}/auth/admin/users?${query}`;
  return (await send<{ readonly users: readonly { readonly id: string; readonly email: string }[] }>(path, { signal }))
    .users;
}
