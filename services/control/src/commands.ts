import type { ProjectDatabase } from '@ashlar/postgres';
import { inPostgresTransaction } from './adapters/in-postgres-transaction.ts';
import type { MasterKeys } from './application/master-keys.ts';
import { rotateMasterKey as rotate } from './application/secrets.ts';
import { firstSetupToken, newSetupToken } from './application/set-up.ts';

/** What commands of the operator do, who reaches the database and needs no account. */

const now = (): Date => new Date();

/** A new setup token; see `newSetupToken`. @param control The control database. */
export function makeSetupToken(control: ProjectDatabase): Promise<string> {
  return newSetupToken({ inTransaction: inPostgresTransaction(control), now });
}

/** The setup token of an instance's first start; null at any other. */
export function offerSetup(control: ProjectDatabase): Promise<string | null> {
  return firstSetupToken({ inTransaction: inPostgresTransaction(control), now });
}

/** Notes what an operator did to a project from the command line, where nobody signs in. */
export function recordCommand(control: ProjectDatabase, action: string, ref: string): Promise<void> {
  return inPostgresTransaction(control)(({ audit }) =>
    audit.add(
      { action, organisationId: null, projectRef: ref, target: ref, detail: {} },
      { kind: 'system', id: null, name: 'command line', address: null, requestId: null },
    ),
  );
}

/** See `rotateMasterKey` among the use cases. */
export function rotateMasterKey(control: ProjectDatabase, masterKeys: MasterKeys): Promise<number> {
  return rotate({ inTransaction: inPostgresTransaction(control), masterKeys });
}
