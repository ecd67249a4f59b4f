import type { Transaction } from '@ashlar/postgres';
import type { AttemptStore } from '../application/attempt-store.ts';

/** Seconds without a failure after which earlier ones no longer count. */
const MEMORY_SECONDS = 86_400;
/** Rows each failure takes along that nobody needs any more, so that the table needs no sweeper of its own. */
const SWEEP_ROWS = 20;

export function createPostgresAttemptStore(tx: Transaction): AttemptStore {
  return {
    async lockedUntil(subjects, now) {
      const { rows } = await tx.query<{ until: Date | null }>(
        `select max(locked_until) as until from auth.failed_attempts
         where subject = any ($1::bytea[]) and locked_until > $2`,
        [subjects, now],
      );
      return rows[0]?.until ?? null;
    },

    async fail(subject, { attempts, maxLockSeconds }, now) {
      await Promise.all([
        tx.query(
          // The lock is 1, 2, 4, … seconds from the first failure that is one too many; the exponent is bounded
          // because a power of a thousand is no number.
          `insert into auth.failed_attempts as a (subject, failures, failed_at, locked_until)
           values ($1, 1, $2, case when $3::int <= 1 then $2::timestamptz + make_interval(secs => least(1, $4::int)) end)
           on conflict (subject) do update set
             failures = case when a.failed_at < $2::timestamptz - make_interval(secs => $5) then 1 else a.failures + 1 end,
             failed_at = $2,
             locked_until = case
               when a.failed_at >= $2::timestamptz - make_interval(secs => $5) and a.failures + 1 >= $3::int
               then $2::timestamptz + make_interval(secs => least(2 ^ least(a.failures + 1 - $3::int, 30), $4::int))
             end`,
          [subject, now, attempts, maxLockSeconds, MEMORY_SECONDS],
        ),
        tx.query(
          `delete from auth.failed_attempts where subject in (
             select subject from auth.failed_attempts where failed_at < $1::timestamptz - make_interval(secs => $2)
             limit $3 for update skip locked)`,
          [now, MEMORY_SECONDS, SWEEP_ROWS],
        ),
      ]);
    },

    async forget(subjects) {
      await tx.query('delete from auth.failed_attempts where subject = any ($1::bytea[])', [subjects]);
    },
  };
}
