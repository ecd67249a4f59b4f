import { must } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import type { DataKey, SealedSecret, SecretName, SecretStore } from '../application/stores.ts';

type Row<Value> = Value & Record<string, unknown>;

export function createSecretRows(tx: Transaction): SecretStore {
  const dataKey = async (ref: string): Promise<DataKey | null> => {
    const text = 'select wrapped, master_key as "masterKey" from control.data_keys where project_ref = $1';
    return (await tx.query<Row<DataKey>>(text, [ref])).rows[0] ?? null;
  };
  return {
    dataKey,
    async list(ref) {
      const text = 'select name, version, updated_at from control.secrets where project_ref = $1 order by name';
      return (await tx.query<Row<SecretName>>(text, [ref])).rows;
    },
    async put(ref, { name, sealed }, updatedBy) {
      const text = `insert into control.secrets (project_ref, name, sealed, updated_by) values ($1, $2, $3, $4)
        on conflict (project_ref, name) do update set sealed = excluded.sealed, updated_by = excluded.updated_by,
          updated_at = now(), version = secrets.version + 1
        returning name, version, updated_at`;
      const { rows } = await tx.query<Row<SecretName>>(text, [ref, name, sealed, updatedBy]);
      return must(rows[0], 'the secret just set');
    },
    async remove(ref, name) {
      const text = 'delete from control.secrets where project_ref = $1 and name = $2';
      return (await tx.query(text, [ref, name])).rowCount > 0;
    },
    async sealed(ref) {
      const text = 'select name, sealed from control.secrets where project_ref = $1 order by name';
      return (await tx.query<Row<SealedSecret>>(text, [ref])).rows;
    },
    async addDataKey(ref, { wrapped, masterKey }) {
      const text = `insert into control.data_keys (project_ref, wrapped, master_key) values ($1, $2, $3)
        on conflict do nothing`;
      await tx.query(text, [ref, wrapped, masterKey]);
      return must(await dataKey(ref), 'the data key just added');
    },
    async lockDataKeys() {
      await tx.query('lock table control.data_keys in share row exclusive mode');
      const text = 'select project_ref as ref, wrapped, master_key as "masterKey" from control.data_keys';
      return (await tx.query<Row<DataKey & { readonly ref: string }>>(text)).rows;
    },
    async rewrap(ref, { wrapped, masterKey }) {
      const text = 'update control.data_keys set wrapped = $2, master_key = $3 where project_ref = $1';
      await tx.query(text, [ref, wrapped, masterKey]);
    },
  };
}
