import type { Transaction } from '@ashlar/postgres';
import type { RequestContext } from './context.ts';

const TIMEOUT_MS = 8_000;

export type Visitor = Pick<RequestContext, 'project' | 'caller'>;

/** Reads as whoever asks: who may see what is the database's to say. */
export function asCaller<Value>(
  { project, caller }: Visitor,
  run: (tx: Transaction) => Promise<Value>,
): Promise<Value> {
  return project.database.transaction(
    {
      login: 'authenticator',
      role: caller.role,
      settings: [
        ['search_path', ''],
        ['request.jwt.claims', caller.claimsJson],
      ],
      statementTimeoutMs: TIMEOUT_MS,
      readOnly: true,
    },
    run,
  );
}

/**
 * Runs statements of a service's own, after it was decided that the caller may have them run.
 *
 * @param role What the service runs as.
 */
export function asService<Value>(
  role: string,
  { project }: Pick<Visitor, 'project'>,
  run: (tx: Transaction) => Promise<Value>,
): Promise<Value> {
  return project.database.transaction({ login: 'service', role, statementTimeoutMs: TIMEOUT_MS }, run);
}
