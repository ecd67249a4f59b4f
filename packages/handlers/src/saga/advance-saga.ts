import { must, type Saga } from '@ashlar/kernel';
import type { ProjectDatabase, Transaction } from '@ashlar/postgres';
import type { UseCases } from '../runtime/create-use-cases.ts';
import { giveStep, stepAnswerId, withdrawStep } from './give-step.ts';
import { planWork, type SagaWork } from './plan-work.ts';
import { SagaInstance } from './saga-instance.ts';
import type { StepRow } from './saga-rows.ts';
import { sagaTransaction } from './saga-transaction.ts';
import { noteOutcome, type StepOutcome, type StepRetry } from './step-outcome.ts';

export interface AdvanceOptions {
  readonly database: ProjectDatabase;
  readonly useCases: UseCases;
  readonly find: (name: string) => Saga;
  readonly retry: StepRetry;
  readonly now: () => Date;
  readonly signal?: AbortSignal | undefined;
  /** What an attempt failed of, as operators should know it. */
  readonly onFault: (error: unknown) => void;
}

interface Given {
  readonly step: StepRow;
  readonly outcome: StepOutcome;
}

/** More than any process of business has: then the plan goes round in circles. */
const MAX_STEPS_AT_ONCE = 1_000;

/**
 * Takes the steps of an instance until it has to wait. Between a step and the writing of what came of it the process
 * may be killed: the step is then given again under the same key, and answered as before. Any number of processes may
 * do this at once.
 *
 * @returns When it has to be done again although nothing was heard.
 */
export async function advanceSaga(sagaId: string, options: AdvanceOptions): Promise<readonly Date[]> {
  const { database, useCases, signal } = options;
  let given: Given | null = null;
  for (let steps = 0; steps <= MAX_STEPS_AT_ONCE; steps += 1) {
    signal?.throwIfAborted();
    const work = await nextWork(sagaId, given, options);
    if (work.kind === 'rest') return work.wakeAt;
    const { step, orgId } = work;
    const parts = { database, useCases, sagaId, orgId, step, signal };
    const outcome = await (work.kind === 'give' ? giveStep(parts, options.onFault) : withdrawStep(parts));
    given = { step, outcome };
  }
  throw new Error(`The saga ${sagaId} took ${MAX_STEPS_AT_ONCE} steps and wants more`);
}

/** What came of the last step, and what follows from it: one transaction, so that a step costs one beside its own. */
function nextWork(sagaId: string, given: Given | null, options: AdvanceOptions): Promise<SagaWork> {
  const { database, useCases, find, retry, now, signal } = options;
  return sagaTransaction(
    database,
    async (tx) => {
      const instance = await SagaInstance.lock(tx, sagaId, find);
      if (instance === null) return { kind: 'rest', wakeAt: [] };
      if (given !== null) await noteOutcome(tx, instance, given.step, given.outcome, { retry, now: now() });
      const work = await planWork(tx, instance, now());
      if (work.kind !== 'give') return work;
      const { step, orgId } = work;
      const answerId = stepAnswerId({ database, useCases, sagaId, orgId, step });
      return { kind: 'give', step: await countAttempt(tx, sagaId, step, answerId), orgId };
    },
    { signal },
  );
}

/** Its answer, which is known by that id, is not swept while the instance lives. */
async function countAttempt(tx: Transaction, sagaId: string, step: StepRow, answerId: Buffer | null): Promise<StepRow> {
  const { rows } = await tx.query<StepRow>(
    `update suites.saga_steps set attempts = attempts + 1, tries = tries + 1, answer_id = $3, updated_at = now()
     where saga_id = $1 and name = $2 returning *`,
    [sagaId, step.name, answerId],
  );
  return must(rows[0], `the step ${step.name}`);
}
