import { AshlarError, commonErrors } from '@ashlar/kernel';
import type { ProjectDatabase } from '@ashlar/postgres';
import type { Invocation } from '../invocation.ts';
import { answerKey } from '../runtime/answer-key.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';
import type { StepRow } from './saga-rows.ts';
import { sagaTransaction } from './saga-transaction.ts';
import { outcomeOf, type StepOutcome } from './step-outcome.ts';

export interface StepParts {
  readonly database: ProjectDatabase;
  readonly useCases: UseCases;
  readonly sagaId: string;
  readonly orgId: string;
  readonly step: StepRow;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives a step's command as the platform itself. Its key is made of instance and step: one that was done before, and
 * whose answer was lost on the way, is answered from memory.
 *
 * @throws When the process stops meanwhile: nothing is known then.
 */
export async function giveStep(parts: StepParts, onFault: (error: unknown) => void): Promise<StepOutcome> {
  const { useCases, step, signal } = parts;
  try {
    const { output } = await useCases.invoke(step.use_case, step.input, invocationOf(parts));
    return { kind: 'done', output };
  } catch (error) {
    signal?.throwIfAborted();
    const outcome = outcomeOf(error);
    if (!(error instanceof AshlarError) || error.kind === 'internal') onFault(error);
    return outcome;
  }
}

/** What the answer of a step is found by; null: no suite has such a command. */
export function stepAnswerId(parts: StepParts): Buffer | null {
  const found = parts.useCases.find(parts.step.use_case);
  if (found === undefined) return null;
  return answerKey(found.suite, found.useCase, parts.step.input, invocationOf(parts))?.id ?? null;
}

/** Of no request at all: whoever holds it finds that the key was used for something else. */
const WITHDRAWN = Buffer.alloc(1);

/**
 * Sees to it that a step is never done any more, waiting for an attempt that may be under way.
 *
 * @returns Done, when it was before; otherwise refused as `common.step_withdrawn`.
 */
export async function withdrawStep(parts: StepParts): Promise<StepOutcome> {
  const withdrawn = refusalOf(commonErrors.stepWithdrawn({ step: parts.step.name }));
  const answerId = stepAnswerId(parts);
  if (answerId === null) return withdrawn;
  return sagaTransaction(
    parts.database,
    async (tx) => {
      const { rowCount } = await tx.query(
        `insert into suites.answers (id, request_hash, answer) values ($1, $2, '') on conflict do nothing`,
        [answerId, WITHDRAWN],
      );
      if (rowCount > 0) return withdrawn;
      const { rows } = await tx.query<{ answer: string }>('select answer from suites.answers where id = $1', [
        answerId,
      ]);
      const answer = rows[0]?.answer ?? '';
      return answer === '' ? withdrawn : { kind: 'done', output: JSON.parse(answer) as unknown };
    },
    { signal: parts.signal },
  );
}

function refusalOf({ code, params }: AshlarError): StepOutcome {
  return { kind: 'refused', code, params };
}

function invocationOf({ database, sagaId, orgId, step, useCases, signal }: StepParts): Invocation {
  const suite = useCases.find(step.use_case)?.suite.name ?? '';
  const key = `${sagaId}:${step.name}`;
  return {
    database,
    caller: { role: suite, claims: {} },
    via: 'saga',
    requestId: key,
    correlationId: sagaId,
    orgId,
    idempotencyKey: key,
    trusted: true,
    signal,
  };
}
