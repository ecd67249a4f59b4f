import { commonErrors, type Localised } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import { stepsOf } from './plan-work.ts';
import type { SagaDetail, SagaSummary } from './saga-answers.ts';
import { atSagaDesk, type SagaCall, type SagaOperation } from './saga-desk.ts';
import type { DeadlineRow, LogRow, SagaRow, SagaStatus, TaskRow } from './saga-rows.ts';

export interface SagaFilter {
  readonly status?: SagaStatus | undefined;
  readonly saga?: string | undefined;
  readonly key?: string | undefined;
  /** Id of the last one seen. */
  readonly after?: string | undefined;
  /** At most this many. */
  readonly limit: number;
}

/** Titles of the sagas this version of the program knows. */
export type SagaTitles = (name: string) => Localised | null;

const LIST: SagaOperation = { name: 'suites.list-sagas', permission: 'suites.sagas' };
const SHOW: SagaOperation = { name: 'suites.show-saga', permission: 'suites.sagas' };
/** Facts of one instance that are shown, the newest. */
const MAX_LOG = 1_000;

/** Of the organisation, the newest first. */
export function listSagas(call: SagaCall, filter: SagaFilter, titles: SagaTitles): Promise<readonly SagaSummary[]> {
  return atSagaDesk(call, LIST, async (tx, orgId) => {
    const { rows } = await tx.query<SagaRow>(
      `select id, saga, key, org_id, status, version, created_at, started_at, updated_at, ended_at from suites.sagas
       where org_id = $1 and ($2::text is null or status = $2) and ($3::text is null or saga = $3)
         and ($4::text is null or key = $4) and ($5::uuid is null or id < $5)
       order by id desc limit $6`,
      [orgId, filter.status ?? null, filter.saga ?? null, filter.key ?? null, filter.after ?? null, filter.limit],
    );
    return rows.map((row) => summaryOf(row, titles));
  });
}

/** @throws {AshlarError} `common.not_found`, for those of other organisations as well. */
export function showSaga(call: SagaCall, id: string, titles: SagaTitles): Promise<SagaDetail> {
  return atSagaDesk(call, SHOW, (tx, orgId) => readSaga(tx, orgId, id, titles));
}

export async function readSaga(tx: Transaction, orgId: string, id: string, titles: SagaTitles): Promise<SagaDetail> {
  const [sagas, steps, deadlines, tasks, log] = await Promise.all([
    tx.query<SagaRow>('select * from suites.sagas where id = $1 and org_id = $2', [id, orgId]),
    stepsOf(tx, id),
    tx.query<DeadlineRow>('select * from suites.saga_deadlines where saga_id = $1 order by due_at, name', [id]),
    tx.query<TaskRow>('select * from suites.saga_tasks where saga_id = $1 order by opened_at, kind, name', [id]),
    tx.query<LogRow>(`select * from suites.saga_log where saga_id = $1 order by seq desc limit ${MAX_LOG}`, [id]),
  ]);
  const [row] = sagas.rows;
  if (row === undefined) throw commonErrors.notFound({ what: 'saga', id });
  return {
    ...summaryOf(row, titles),
    state: row.state,
    steps: steps.map((step) => ({
      name: step.name,
      useCase: step.use_case,
      state: step.state,
      attempts: step.attempts,
      lastError: step.last_error,
      nextAttemptAt: step.next_attempt_at?.toISOString() ?? null,
      input: step.input,
      output: step.output,
      createdAt: step.created_at.toISOString(),
      updatedAt: step.updated_at.toISOString(),
    })),
    deadlines: deadlines.rows.map(({ name, due_at: dueAt, told_at: toldAt }) => ({
      name,
      dueAt: dueAt.toISOString(),
      toldAt: toldAt?.toISOString() ?? null,
    })),
    tasks: tasks.rows.map((task) => ({
      task: taskId(task),
      title: task.title,
      state: task.state,
      openedAt: task.opened_at.toISOString(),
      endedAt: task.ended_at?.toISOString() ?? null,
      note: task.note,
      settledBy: task.settled_by,
    })),
    log: log.rows.toReversed().map(({ seq, at, fact, actor_kind: actorKind, actor_id: actorId }) => ({
      seq,
      at: at.toISOString(),
      fact,
      ...(actorKind === null ? {} : { actor: { kind: actorKind, id: actorId } }),
    })),
  };
}

/** What a task is settled by: the saga's own name for it, `step:<step>`, or `fault`. */
export function taskId({ kind, name }: Pick<TaskRow, 'kind' | 'name'>): string {
  return kind === 'step' ? `step:${name}` : name;
}

function summaryOf(row: SagaRow, titles: SagaTitles): SagaSummary {
  return {
    id: row.id,
    saga: row.saga,
    title: titles(row.saga),
    key: row.key,
    status: row.status,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    updatedAt: row.updated_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
