import { AshlarError, commonErrors, type ErrorParams } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import { isFinalRefusal } from '../problem/is-final-refusal.ts';
import { problemOf } from '../problem/render-problem.ts';
import { openTask } from './plan-work.ts';
import type { SagaInstance } from './saga-instance.ts';
import type { StepRow } from './saga-rows.ts';

/** What came of an attempt at a step. */
export type StepOutcome =
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'refused'; readonly code: string; readonly params: ErrorParams }
  /** The same again may succeed. */
  | { readonly kind: 'failed'; readonly error: string }
  /** It cannot before somebody has changed something. */
  | { readonly kind: 'stuck'; readonly error: string };

/** How often a step is tried, and with which pauses. */
export interface StepRetry {
  /** Tries before a person is asked. */
  readonly attempts: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

export const DEFAULT_STEP_RETRY: StepRetry = { attempts: 10, firstMs: 1_000, longestMs: 300_000 };

/** Not the command was refused, but the project has no such suite or organisation: a saga has no answer to that. */
const BEYOND_THE_SAGA: ReadonlySet<string> = new Set(
  [commonErrors.suiteNotInstalled, commonErrors.useCaseUnknown, commonErrors.orgMissing].map(({ code }) => code),
);
const MAX_ERROR_CHARACTERS = 1_000;

/** What an error of an attempt means. */
export function outcomeOf(error: unknown): StepOutcome {
  if (isFinalRefusal(error) && !BEYOND_THE_SAGA.has(error.code)) {
    return { kind: 'refused', code: error.code, params: error.params };
  }
  const { code, detail } = problemOf(error);
  const words = `${code}: ${detail}`.slice(0, MAX_ERROR_CHARACTERS);
  const isBeyond = error instanceof AshlarError && BEYOND_THE_SAGA.has(error.code);
  return { kind: isBeyond ? 'stuck' : 'failed', error: words };
}

/** Doubles with every try, ± 50 % so that what failed together does not come back together. */
function stepPauseMs(tries: number, { firstMs, longestMs }: StepRetry, random: number): number {
  const full = Math.min(firstMs * 2 ** Math.min(tries - 1, 30), longestMs);
  return Math.round(full * (0.5 + random));
}

/** Writes down what came of a step, unless another process was faster; the saga is told what is final. */
export async function noteOutcome(
  tx: Transaction,
  instance: SagaInstance,
  given: StepRow,
  outcome: StepOutcome,
  terms: { readonly retry: StepRetry; readonly now: Date },
): Promise<void> {
  const sagaId = instance.row.id;
  if (outcome.kind === 'done' || outcome.kind === 'refused') {
    const { rowCount } = await tx.query(
      `update suites.saga_steps set state = $3, output = $4, last_error = $5, next_attempt_at = null, updated_at = now()
       where saga_id = $1 and name = $2 and state not in ('done', 'refused')`,
      [
        sagaId,
        given.name,
        outcome.kind,
        outcome.kind === 'done' ? JSON.stringify(outcome.output) : null,
        outcome.kind === 'refused' ? outcome.code : null,
      ],
    );
    if (rowCount === 0) return;
    await dropTask(tx, sagaId, given.name);
    await instance.take({ step: given.name, ...outcome });
    return;
  }
  const isStuck = outcome.kind === 'stuck' || given.tries >= terms.retry.attempts;
  const pauseMs = stepPauseMs(given.tries, terms.retry, Math.random());
  const { rowCount } = await tx.query(
    `update suites.saga_steps set state = $3, last_error = $4, next_attempt_at = $5, updated_at = now()
     where saga_id = $1 and name = $2 and state not in ('done', 'refused') and attempts = $6`,
    [
      sagaId,
      given.name,
      isStuck ? 'stuck' : 'failing',
      outcome.error,
      isStuck ? null : new Date(terms.now.getTime() + pauseMs),
      given.attempts,
    ],
  );
  if (rowCount === 0 || !isStuck) return;
  await openTask(tx, sagaId, 'step', given.name, {
    en: `${given.use_case} could not be done: ${outcome.error}`,
    ar: `تعذّر تنفيذ ${given.use_case}: ${outcome.error}`,
  });
}

async function dropTask(tx: Transaction, sagaId: string, step: string): Promise<void> {
  await tx.query(
    `update suites.saga_tasks set state = 'dropped', ended_at = now()
     where saga_id = $1 and kind = 'step' and name = $2 and state = 'open'`,
    [sagaId, step],
  );
}
