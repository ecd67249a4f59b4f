import type { ProjectDatabase, Transaction } from '@ashlar/postgres';

export type ProjectStatus = 'creating' | 'active' | 'resetting' | 'removing';

/** A row of `control.projects`. */
export interface ProjectRecord {
  readonly ref: string;
  readonly name: string;
  readonly status: ProjectStatus;
  readonly databaseUrl: string | null;
  readonly settings: unknown;
  readonly migratedAt: Date | null;
  readonly migrationError: string | null;
  readonly createdAt: Date;
}

/** Every change is announced in its transaction, so other processes of the instance let go of what they knew. */
export interface ProjectStore {
  find(ref: string): Promise<ProjectRecord | null>;
  list(): Promise<readonly ProjectRecord[]>;
  /** Whether there is one project and no more. */
  isSingle(): Promise<boolean>;
  /** False when there is a row already. */
  insert(ref: string, name: string, status: ProjectStatus): Promise<boolean>;
  setStatus(ref: string, status: ProjectStatus): Promise<void>;
  recordMigration(ref: string, error: string | null): Promise<void>;
  delete(ref: string): Promise<void>;
  onChange(changed: (ref: string) => void, missed: () => void): Promise<{ stop(): Promise<void> }>;
}

const CHANNEL = 'control_projects';
const COLUMNS = `ref, name, status, database_url as "databaseUrl", settings, migrated_at as "migratedAt",
  migration_error as "migrationError", created_at as "createdAt"`;

/** @param control The control database. */
export function createProjectStore(control: ProjectDatabase): ProjectStore {
  const transaction = <Result>(readOnly: boolean, run: (tx: Transaction) => Promise<Result>): Promise<Result> =>
    control.transaction({ login: 'platform', role: 'control', readOnly }, run);

  const change = (ref: string, text: string, values: readonly unknown[]): Promise<number> =>
    transaction(false, async (tx) => {
      const { rowCount } = await tx.query(text, values);
      if (rowCount > 0) await tx.query('select pg_notify($1, $2)', [CHANNEL, ref]);
      return rowCount;
    });

  return {
    find: (ref) =>
      transaction(true, async (tx) => {
        const { rows } = await tx.query<Row>(`select ${COLUMNS} from control.projects where ref = $1`, [ref]);
        return rows[0] ?? null;
      }),

    list: () =>
      transaction(true, async (tx) => {
        const { rows } = await tx.query<Row>(`select ${COLUMNS} from control.projects order by created_at, ref`);
        return rows;
      }),

    isSingle: () =>
      transaction(true, async (tx) => {
        const { rowCount } = await tx.query('select from control.projects limit 2');
        return rowCount === 1;
      }),

    insert: async (ref, name, status) => {
      const text = 'insert into control.projects (ref, name, status) values ($1, $2, $3) on conflict do nothing';
      return (await change(ref, text, [ref, name, status])) > 0;
    },

    setStatus: async (ref, status) => {
      await change(ref, 'update control.projects set status = $2 where ref = $1', [ref, status]);
    },

    // No announcement: what the other processes hold of the project stays true.
    recordMigration: (ref, error) =>
      transaction(false, async (tx) => {
        const text = `update control.projects set migrated_at = case when $2::text is null then now() else migrated_at end,
          migration_error = $2 where ref = $1`;
        await tx.query(text, [ref, error]);
      }),

    delete: async (ref) => {
      await change(ref, 'delete from control.projects where ref = $1', [ref]);
    },

    onChange: (changed, missed) => control.listen(CHANNEL, ({ payload }) => changed(payload), missed),
  };
}

type Row = ProjectRecord & Record<string, unknown>;
