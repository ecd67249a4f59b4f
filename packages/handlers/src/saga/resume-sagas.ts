import type { ProjectDatabase } from '@ashlar/postgres';
import type { JobQueue } from '@ashlar/service';
import { sagaJob, wakeJob } from './saga-task.ts';
import { sagaTransaction } from './saga-transaction.ts';

const PAGE = 500;

type Unfinished = { readonly id: string; readonly name: string; readonly due_at: Date | null };

/** Instances with something to do, and times that are to come. */
const UNFINISHED = `
  select id, name, due_at from (
    select id, null::timestamptz as due_at, '' as name from suites.sagas where status = 'running'
    union all
    select saga_id, due_at, name from suites.saga_deadlines where told_at is null
  ) w
  where (id, name) > ($1, $2) order by id, name limit ${PAGE}`;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Leaves the jobs of what has not ended: jobs are kept in another database, which may have been lost or restored to
 * another time. Those that are there stay as they are.
 */
export async function resumeSagas(project: string, database: ProjectDatabase, jobs: JobQueue): Promise<void> {
  let after: readonly [string, string] = [FIRST, ''];
  for (;;) {
    const seen = after;
    const rows = await sagaTransaction(database, async (tx) => (await tx.query<Unfinished>(UNFINISHED, seen)).rows);
    await jobs.add(
      rows.map(({ id, due_at: dueAt }) =>
        dueAt === null ? sagaJob(project, id, 'resume') : wakeJob(project, id, dueAt),
      ),
    );
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = [last.id, last.name];
  }
}
