import { escapeIdentifier } from 'pg';
import { clusterErrors } from '../cluster/cluster-errors.ts';
import type { ServerFacts } from './inspect-server.ts';

/** PostgreSQL 15: the platform's own SQL uses nothing younger. */
const OLDEST_VERSION = 150_000;

/** @throws `postgres.server_too_old`. */
export function refuseTooOld({ version }: Pick<ServerFacts, 'version'>, address: string): void {
  if (version >= OLDEST_VERSION) return;
  throw clusterErrors.serverTooOld({ address, found: String(Math.trunc(version / 10_000)) });
}

/**
 * What a server needs to take a project somebody places there: the platform does without nothing on it, since who asks
 * can still choose another one.
 *
 * @throws `postgres.server_too_old`, `postgres.wal_level_low`, `postgres.right_missing`.
 */
export function refuseUnfit(
  facts: Pick<ServerFacts, 'version' | 'walLevel' | 'replication'>,
  { address, login }: { readonly address: string; readonly login: string },
): void {
  refuseTooOld(facts, address);
  if (facts.walLevel !== 'logical') throw clusterErrors.walLevelLow({ address, found: facts.walLevel });
  if (facts.replication) return;
  throw clusterErrors.rightMissing({
    login,
    address,
    attempt: 'it cannot read the log of changes',
    statement: `ALTER ROLE ${escapeIdentifier(login)} REPLICATION`,
  });
}
