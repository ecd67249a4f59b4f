import type { Transaction } from '@ashlar/postgres';
import type { RecoveryCodeStore } from '../application/recovery-code-store.ts';

export function createPostgresRecoveryCodeStore(tx: Transaction): RecoveryCodeStore {
  return {
    async find(userId) {
      const { rows } = await tx.query<{ factor_id: string; total: number; remaining: number }>(
        `select f.id as factor_id, count(c.id)::int as total, (count(c.id) filter (where c.used_at is null))::int as remaining
         from auth.mfa_factors f left join auth.mfa_recovery_codes c on c.mfa_factor_id = f.id
         where f.user_id = $1 and f.factor_type = 'recovery_code'
         group by f.id order by f.created_at limit 1`,
        [userId],
      );
      const [row] = rows;
      return row === undefined ? null : { factorId: row.factor_id, total: row.total, remaining: row.remaining };
    },

    async replace(factorId, hashes, at) {
      await Promise.all([
        tx.query('delete from auth.mfa_recovery_codes where mfa_factor_id = $1', [factorId]),
        tx.query(
          `insert into auth.mfa_recovery_codes (mfa_factor_id, code_hash, created_at)
           select $1, hash, $3 from unnest($2::text[]) hash`,
          [factorId, hashes, at],
        ),
      ]);
    },

    async use(factorId, hash, at) {
      const { rowCount } = await tx.query(
        `update auth.mfa_recovery_codes set used_at = $3
         where mfa_factor_id = $1 and code_hash = $2 and used_at is null`,
        [factorId, hash, at],
      );
      return rowCount === 1;
    },
  };
}
