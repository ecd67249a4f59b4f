import type { SagaPlan, SagaStep, SagaTask } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import type { SagaInstance } from './saga-instance.ts';
import type { DeadlineRow, SagaStatus, StepRow, TaskKind, TaskRow } from './saga-rows.ts';

/** What is to be done about an instance now. */
export type SagaWork =
  | { readonly kind: 'give'; readonly step: StepRow; readonly orgId: string }
  /** It is no longer wanted, and whether it was done is not known. */
  | { readonly kind: 'withdraw'; readonly step: StepRow; readonly orgId: string }
  | { readonly kind: 'rest'; readonly wakeAt: readonly Date[] };

/** Times that become due because of others, before the plan counts as one that never settles. */
const MAX_ROUNDS = 100;
/** With the instance's id it is an idempotency key. */
const STEP_NAME = /^[\x21-\x7e]{1,200}$/;
const OPEN_STATES: ReadonlySet<string> = new Set(['pending', 'failing', 'stuck']);

/** Asks the plan what follows from what is known, writes that down, and says what is next. */
export async function planWork(tx: Transaction, instance: SagaInstance, now: Date): Promise<SagaWork> {
  if (!instance.isBegun) {
    await instance.save('waiting');
    return { kind: 'rest', wakeAt: [] };
  }
  const { plan, deadlines } = await settledPlan(tx, instance, now);
  const steps = await stepsOf(tx, instance.row.id);
  const wanted = new Set(plan.steps.map(({ name }) => name));
  const orgId = instance.row.org_id;
  const unwanted = steps.find((step) => OPEN_STATES.has(step.state) && (step.given_up || !wanted.has(step.name)));
  if (unwanted !== undefined) {
    await instance.save('running');
    return { kind: 'withdraw', step: unwanted, orgId };
  }
  const isHelpNeeded = await syncTasks(tx, instance.row.id, plan.tasks ?? []);
  const wakeAt = deadlines.filter(({ told_at: toldAt }) => toldAt === null).map(({ due_at: dueAt }) => dueAt);
  const next = await nextStep(tx, instance, plan.steps, steps);
  if (next === null) {
    await instance.save(restingStatus(plan, isHelpNeeded));
    return { kind: 'rest', wakeAt };
  }
  if (next.state === 'stuck') {
    await instance.save('needs_help');
    return { kind: 'rest', wakeAt };
  }
  await instance.save('running');
  const { next_attempt_at: nextAttemptAt } = next;
  if (nextAttemptAt !== null && nextAttemptAt > now) return { kind: 'rest', wakeAt: [...wakeAt, nextAttemptAt] };
  return { kind: 'give', step: next, orgId };
}

export async function stepsOf(tx: Transaction, sagaId: string): Promise<readonly StepRow[]> {
  const { rows } = await tx.query<StepRow>('select * from suites.saga_steps where saga_id = $1 order by seq', [sagaId]);
  return rows;
}

/** The plan once no time that has come is left untold. */
async function settledPlan(
  tx: Transaction,
  instance: SagaInstance,
  now: Date,
): Promise<{ readonly plan: SagaPlan; readonly deadlines: readonly DeadlineRow[] }> {
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const plan = instance.saga.plan(instance.state, now);
    const deadlines = await syncDeadlines(tx, instance.row.id, plan.deadlines ?? []);
    const due = deadlines.find(({ told_at: toldAt, due_at: dueAt }) => toldAt === null && dueAt <= now);
    if (due === undefined) return { plan, deadlines };
    await tx.query('update suites.saga_deadlines set told_at = now() where saga_id = $1 and name = $2', [
      instance.row.id,
      due.name,
    ]);
    await instance.take({ kind: 'due', deadline: due.name });
  }
  throw new Error(`Saga ${instance.row.saga}: one time after the other becomes due at once`);
}

/** A name is told once for each time that is set for it. */
async function syncDeadlines(
  tx: Transaction,
  sagaId: string,
  wanted: NonNullable<SagaPlan['deadlines']>,
): Promise<readonly DeadlineRow[]> {
  await tx.query('delete from suites.saga_deadlines where saga_id = $1 and told_at is null and name <> all ($2)', [
    sagaId,
    wanted.map(({ name }) => name),
  ]);
  if (wanted.length > 0) {
    await tx.query(
      `insert into suites.saga_deadlines as d (saga_id, name, due_at)
       select $1, w.name, w.at from jsonb_to_recordset($2) as w (name text, at timestamptz)
       on conflict (saga_id, name) do update set due_at = excluded.due_at, told_at = null
       where d.due_at <> excluded.due_at`,
      [sagaId, JSON.stringify(wanted)],
    );
  }
  const { rows } = await tx.query<DeadlineRow>(
    'select name, due_at, told_at from suites.saga_deadlines where saga_id = $1 order by due_at, name',
    [sagaId],
  );
  return rows;
}

/** Opens what the plan asks of people and drops what it no longer does. @returns Whether any task is open. */
async function syncTasks(tx: Transaction, sagaId: string, wanted: readonly SagaTask[]): Promise<boolean> {
  for (const { name, title } of wanted) await openTask(tx, sagaId, 'saga', name, title);
  await tx.query(
    `update suites.saga_tasks set state = 'dropped', ended_at = now()
     where saga_id = $1 and state = 'open' and kind = 'saga' and name <> all ($2)`,
    [sagaId, wanted.map(({ name }) => name)],
  );
  const { rows } = await tx.query<Pick<TaskRow, 'name'>>(
    `select name from suites.saga_tasks where saga_id = $1 and state = 'open' limit 1`,
    [sagaId],
  );
  return rows.length > 0;
}

/** One that the saga itself asks for is opened once; others again when they were settled in vain. */
export async function openTask(
  tx: Transaction,
  sagaId: string,
  kind: TaskKind,
  name: string,
  title: SagaTask['title'],
): Promise<void> {
  await tx.query(
    `insert into suites.saga_tasks as t (saga_id, kind, name, title) values ($1, $2, $3, $4)
     on conflict (saga_id, kind, name) do update
       set state = 'open', title = excluded.title, opened_at = now(), ended_at = null, note = null, settled_by = null
       where t.state = 'dropped' or t.state = 'settled' and t.kind <> 'saga'`,
    [sagaId, kind, name, JSON.stringify(title)],
  );
}

/** The first that is neither done nor refused; written down before it is given for the first time. */
async function nextStep(
  tx: Transaction,
  { row: { id, saga } }: SagaInstance,
  planned: readonly SagaStep[],
  steps: readonly StepRow[],
): Promise<StepRow | null> {
  const known = new Map(steps.map((step) => [step.name, step]));
  const next = planned.find(({ name }) => OPEN_STATES.has(known.get(name)?.state ?? 'pending'));
  if (next === undefined) return null;
  const { name, useCase, input } = next;
  if (!STEP_NAME.test(name)) throw new Error(`Saga ${saga}: a step has 1 to 200 printable characters, got ${name}`);
  const found = known.get(name);
  if (found !== undefined) return found;
  const { rows } = await tx.query<StepRow>(
    `insert into suites.saga_steps (saga_id, name, seq, use_case, input) values ($1, $2, $3, $4, $5) returning *`,
    [id, name, steps.length + 1, useCase, JSON.stringify(input ?? {})],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`Saga ${saga}: the step ${name} was not written`);
  return row;
}

function restingStatus({ end }: SagaPlan, isHelpNeeded: boolean): SagaStatus {
  if (isHelpNeeded) return 'needs_help';
  return end ?? 'waiting';
}
