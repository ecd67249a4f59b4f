import { must } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import type { SavedQuery, SavedQueryStore } from '../application/saved-queries.ts';

type Row = SavedQuery & Record<string, unknown>;

const COLUMNS = `q.id, q.name, q.sql, q.shared, q.version, q.updated_at, q.account_id, a.email as owner`;
const FROM = 'control.saved_queries q join control.accounts a on a.id = q.account_id';

export function createSavedQueryRows(tx: Transaction): SavedQueryStore {
  const find = async (ref: string, id: string): Promise<SavedQuery | null> =>
    (await tx.query<Row>(`select ${COLUMNS} from ${FROM} where q.project_ref = $1 and q.id = $2`, [ref, id])).rows[0] ??
    null;
  return {
    find,
    async list(ref, accountId) {
      const text = `select ${COLUMNS} from ${FROM} where q.project_ref = $1 and (q.shared or q.account_id = $2)
        order by q.shared, lower(q.name), q.id`;
      return (await tx.query<Row>(text, [ref, accountId])).rows;
    },
    async count(ref, accountId) {
      const text = `select count(*)::int as count from control.saved_queries where project_ref = $1 and account_id = $2`;
      return must((await tx.query<{ count: number }>(text, [ref, accountId])).rows[0], 'a count').count;
    },
    async add(ref, accountId, { name, sql, shared }) {
      const text = `insert into control.saved_queries (project_ref, account_id, name, sql, shared)
        values ($1, $2, $3, $4, $5) returning id`;
      const { rows } = await tx.query<{ id: string }>(text, [ref, accountId, name, sql, shared]);
      return must(await find(ref, must(rows[0], 'the id').id), 'the query just saved');
    },
    async change(ref, id, version, { name, sql, shared }) {
      const text = `update control.saved_queries set name = $4, sql = $5, shared = $6, version = version + 1,
          updated_at = now()
        where project_ref = $1 and id = $2 and version = $3`;
      const { rowCount } = await tx.query(text, [ref, id, version, name, sql, shared]);
      return rowCount === 0 ? null : find(ref, id);
    },
    async remove(ref, id) {
      const text = 'delete from control.saved_queries where project_ref = $1 and id = $2';
      return (await tx.query(text, [ref, id])).rowCount > 0;
    },
  };
}
