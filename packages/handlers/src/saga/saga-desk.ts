import { commonErrors, must, type Permission } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import type { Invocation } from '../invocation.ts';
import { settingsOf } from '../runtime/open-use-case.ts';
import { translateError } from '../runtime/translate-error.ts';
import { sagaTransaction } from './saga-transaction.ts';

/** What is said of whoever looks at sagas or steers them; as of a use case. */
export type SagaCall = Omit<Invocation, 'trusted' | 'idempotencyKey' | 'correlationId'>;

/** What is done at the desk, as the audit trail and refusals name it. */
export interface SagaOperation {
  readonly name: string;
  readonly permission: Permission;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DESK = { name: 'suites', constraints: {} };

/**
 * One look or one change, for the organisation the caller may act for.
 *
 * @throws {AshlarError} `common.unauthenticated`, `common.permission_denied`, `common.org_missing`, or what `run` refuses.
 */
export async function atSagaDesk<Result>(
  call: SagaCall,
  operation: SagaOperation,
  run: (tx: Transaction, orgId: string) => Promise<Result>,
): Promise<Result> {
  const { database, orgId, dryRun, signal } = call;
  if (orgId !== undefined && !UUID.test(orgId)) throw commonErrors.orgMissing();
  try {
    return await sagaTransaction(
      database,
      async (tx) => {
        const { rows } = await tx.query<{ org: string }>('select suites.begin_sagas($1, $2) as org', [
          operation.permission,
          orgId ?? null,
        ]);
        return run(tx, must(rows[0], 'the organisation of the caller').org);
      },
      { settings: settingsOf(call), rollback: dryRun === true, signal },
    );
  } catch (error) {
    throw translateError(error, DESK, operation);
  }
}
