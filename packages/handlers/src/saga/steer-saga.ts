import { commonErrors } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import { actorOf } from '../invocation.ts';
import { readSaga, taskId } from './read-sagas.ts';
import type { SagaDetail } from './saga-answers.ts';
import { atSagaDesk, type SagaCall, type SagaOperation } from './saga-desk.ts';
import { type FactActor, SagaInstance } from './saga-instance.ts';
import type { SagaRegistry } from './saga-registry.ts';
import type { TaskRow } from './saga-rows.ts';

/** What a person does about an instance. */
export type SagaSteering =
  /** What is failing or stuck is tried at once, with all its tries. */
  | { readonly kind: 'retry' }
  /** Its plan says what there is to undo. */
  | { readonly kind: 'undo'; readonly reason: string }
  /** A task is done with; that of a stuck step by giving the step up. */
  | { readonly kind: 'settle'; readonly task: string; readonly note: string };

const PERMISSION = 'suites.steer';
const ENDED: ReadonlySet<string> = new Set(['completed', 'undone']);

/**
 * Writes down what a person wants of an instance, with an audit row; a job of the instance has to follow. Repeating one
 * is no mistake.
 *
 * @throws {AshlarError} `common.not_found`, `common.illegal_transition` for one that has ended or not begun.
 */
export function steerSaga(
  call: SagaCall,
  id: string,
  steering: SagaSteering,
  registry: SagaRegistry,
): Promise<SagaDetail> {
  const operation: SagaOperation = { name: `suites.${steering.kind}-saga`, permission: PERMISSION };
  return atSagaDesk(call, operation, async (tx, orgId) => {
    const { rows } = await tx.query('select from suites.sagas where id = $1 and org_id = $2', [id, orgId]);
    const instance = rows.length === 0 ? null : await SagaInstance.lock(tx, id, registry.find);
    if (instance === null) throw commonErrors.notFound({ what: 'saga', id });
    const { status } = instance.row;
    if (ENDED.has(status) || !instance.isBegun) {
      throw commonErrors.illegalTransition({ from: status, to: steering.kind, allowed: [] });
    }
    const actor = actorOf(call);
    const words = await steer(tx, instance, steering, actor);
    await instance.save('running');
    await tx.query(
      `insert into suites.audit (id, org_id, use_case, request_id, via, actor_kind, actor_id, subject, reason, before, after)
       values (events.uuid_v7(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        orgId,
        operation.name,
        call.requestId,
        call.via,
        actor.kind,
        actor.id,
        id,
        words.reason,
        JSON.stringify({ status }),
        JSON.stringify({ status: 'running', ...words.after }),
      ],
    );
    return readSaga(tx, orgId, id, (name) => registry.find(name).title);
  });
}

interface AuditWords {
  readonly reason: string | null;
  readonly after: object;
}

async function steer(
  tx: Transaction,
  instance: SagaInstance,
  steering: SagaSteering,
  actor: FactActor,
): Promise<AuditWords> {
  const { id } = instance.row;
  switch (steering.kind) {
    case 'retry':
      await tx.query(
        `update suites.saga_steps set state = 'pending', tries = 0, next_attempt_at = null, updated_at = now()
         where saga_id = $1 and state in ('failing', 'stuck') and not given_up`,
        [id],
      );
      await tx.query(
        `update suites.saga_tasks set state = 'settled', ended_at = now(), settled_by = $2
         where saga_id = $1 and state = 'open' and kind in ('step', 'fault')`,
        [id, actor.id],
      );
      return { reason: null, after: {} };
    case 'undo':
      await instance.take({ kind: 'undo', reason: steering.reason }, actor);
      return { reason: steering.reason, after: {} };
    case 'settle':
      await settle(tx, instance, steering, actor);
      return { reason: steering.note, after: { task: steering.task } };
  }
}

async function settle(
  tx: Transaction,
  instance: SagaInstance,
  { task: wanted, note }: { readonly task: string; readonly note: string },
  actor: FactActor,
): Promise<void> {
  const { id } = instance.row;
  const { rows } = await tx.query<TaskRow>('select * from suites.saga_tasks where saga_id = $1', [id]);
  const task = rows.find((one) => taskId(one) === wanted);
  if (task === undefined) throw commonErrors.notFound({ what: 'task', id: wanted });
  const { kind, name, state } = task;
  // Whoever says it twice may not have heard that it was understood.
  if (state === 'settled') return;
  if (state === 'dropped') throw commonErrors.illegalTransition({ from: state, to: 'settled', allowed: [] });
  await tx.query(
    `update suites.saga_tasks set state = 'settled', ended_at = now(), note = $4, settled_by = $5
     where saga_id = $1 and kind = $2 and name = $3`,
    [id, kind, name, note, actor.id],
  );
  if (kind === 'step') {
    await tx.query('update suites.saga_steps set given_up = true where saga_id = $1 and name = $2', [id, name]);
  }
  if (kind === 'saga') await instance.take({ kind: 'settled', task: name, note }, actor);
}
