import { setTimeout as delay } from 'node:timers/promises';
import { type AdminAccess, withAdmin } from './admin-connection.ts';
import { clusterErrors } from './cluster-errors.ts';

const FIRST_WAIT_MS = 50;
const LAST_WAIT_MS = 1_000;
const LIMIT_MS = 60_000;

/**
 * Resolves when a server somebody else runs accepts a connection.
 *
 * @throws `postgres.server_unreachable` when it did not within a minute, or the signal's reason.
 */
export async function waitForServer(access: AdminAccess, signal?: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LAST_WAIT_MS)) {
    signal?.throwIfAborted();
    try {
      await withAdmin(access, async () => undefined);
      return;
    } catch (error) {
      if (performance.now() - startedAt > LIMIT_MS) {
        const reason = error instanceof Error ? error.message : String(error);
        throw clusterErrors.serverUnreachable({ address: `${access.host}:${access.port}`, reason }, { cause: error });
      }
      await delay(waitMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}
