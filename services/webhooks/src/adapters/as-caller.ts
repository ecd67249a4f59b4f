import type { Transaction } from '@ashlar/postgres';
import type { RequestContext } from '@ashlar/service';

const TIMEOUT_MS = 8_000;

export type Visitor = Pick<RequestContext, 'project' | 'caller'>;

/** Runs statements as whoever asks: who may see what is the database's to say. */
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

/** Runs statements of the service's own, after it was decided that the caller may have them run. */
export function asService<Value>({ project }: Visitor, run: (tx: Transaction) => Promise<Value>): Promise<Value> {
  return project.database.transaction({ login: 'service', role: 'webhooks', statementTimeoutMs: TIMEOUT_MS }, run);
}
