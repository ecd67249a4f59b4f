import { must } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import type { TableView, TableViewStore } from '../application/stores.ts';

type Row = TableView & Record<string, unknown>;

const COLUMNS = `id, schema_name as schema, table_name as "table", account_id, name, definition, shared, is_default,
  version, updated_at`;

export function createTableViewRows(tx: Transaction): TableViewStore {
  return {
    async list(ref, { schema, table }, accountId) {
      const text = `select ${COLUMNS} from control.table_views
        where project_ref = $1 and schema_name = $2 and table_name = $3 and (shared or account_id = $4)
        order by name, id`;
      return (await tx.query<Row>(text, [ref, schema, table, accountId])).rows;
    },
    async find(ref, id) {
      const text = `select ${COLUMNS} from control.table_views where project_ref = $1 and id = $2 for update`;
      return (await tx.query<Row>(text, [ref, id])).rows[0] ?? null;
    },
    async add(ref, { schema, table, name, shared, definition }, accountId) {
      const text = `insert into control.table_views
          (project_ref, schema_name, table_name, account_id, name, shared, definition)
        values ($1, $2, $3, $4, $5, $6, $7) returning ${COLUMNS}`;
      const values = [ref, schema, table, accountId, name, shared, JSON.stringify(definition)];
      return must((await tx.query<Row>(text, values)).rows[0], 'the view just added');
    },
    async change(id, { name, shared, definition, isDefault }) {
      const text = `update control.table_views set name = $2, shared = $3, definition = $4, is_default = $5,
          version = version + 1, updated_at = now()
        where id = $1 returning ${COLUMNS}`;
      const values = [id, name, shared, JSON.stringify(definition), isDefault];
      return must((await tx.query<Row>(text, values)).rows[0], 'the view just changed');
    },
    async dropDefault(ref, id) {
      const text = `update control.table_views old set is_default = false, version = old.version + 1
        from control.table_views new
        where new.id = $2 and old.project_ref = $1 and old.schema_name = new.schema_name
          and old.table_name = new.table_name and old.is_default`;
      await tx.query(text, [ref, id]);
    },
    async remove(id) {
      await tx.query('delete from control.table_views where id = $1', [id]);
    },
  };
}
