import type { ProjectDatabase, Transaction } from '@ashlar/postgres';

/**
 * `creating`, `cloning`, `copying` (the source of a clone), `resetting` and `removing` say what has to be done before
 * the project is at rest again.
 */
export type ProjectStatus =
  | 'creating'
  | 'cloning'
  | 'active'
  | 'copying'
  | 'resetting'
  | 'paused'
  | 'deleted'
  | 'removing';

/** A row of `control.projects`. */
export interface ProjectRecord {
  readonly ref: string;
  readonly name: string;
  readonly status: ProjectStatus;
  readonly organisationId: string | null;
  /** `host:port/database` of a project on a server of its own; null: on that of the control database. */
  readonly databaseServer: string | null;
  /** Whether its removal drops a database on a server of its own. */
  readonly dropDatabase: boolean;
  readonly settings: unknown;
  readonly settingsVersion: number;
  readonly migratedAt: Date | null;
  readonly migrationError: string | null;
  readonly createdAt: Date;
  /** Until when a deleted one can be restored; null unless deleted. */
  readonly deleteAfter: Date | null;
  readonly clonedFrom: string | null;
  /** Why the work its status asks for failed last. */
  readonly failure: string | null;
}

/** A key that was issued while the instance runs; only its digest is kept. */
export interface IssuedKeyRow {
  readonly id: string;
  readonly kind: 'publishable' | 'secret';
  /** SHA-256, base64. */
  readonly digest: string;
}

/** Every change is announced in its transaction, so other processes of the instance let go of what they knew. */
export interface ProjectStore {
  find(ref: string): Promise<ProjectRecord | null>;
  list(): Promise<readonly ProjectRecord[]>;
  /** Whether there is one project and no more. */
  isSingle(): Promise<boolean>;
  /**
   * Of the oldest organisation when there is one. False when there is a row already.
   *
   * @param also Done in the same transaction.
   */
  insert(ref: string, name: string, status: ProjectStatus, also?: (tx: Transaction) => Promise<void>): Promise<boolean>;
  /** @param from Only when it has this status. @returns Whether it had. */
  setStatus(ref: string, status: ProjectStatus, from?: ProjectStatus): Promise<boolean>;
  /** Written before a project is removed. */
  setDropDatabase(ref: string, drop: boolean): Promise<void>;
  recordMigration(ref: string, error: string | null): Promise<void>;
  recordFailure(ref: string, failure: string): Promise<void>;
  /** Keys in force, beside those of the key file. */
  issuedKeys(ref: string): Promise<readonly IssuedKeyRow[]>;
  /** Those that wait for a project being copied from this one. */
  clonesOf(ref: string): Promise<readonly string[]>;
  delete(ref: string): Promise<void>;
  /** Says that something of the project that is no row of it, such as a key, has changed. */
  announce(ref: string): Promise<void>;
  onChange(changed: (ref: string) => void, missed: () => void): Promise<{ stop(): Promise<void> }>;
}

const CHANNEL = 'control_projects';
export const PROJECT_COLUMNS = `ref, name, status, organisation_id as "organisationId", database_server as "databaseServer",
  drop_database as "dropDatabase", settings, settings_version as "settingsVersion", migrated_at as "migratedAt", migration_error as "migrationError",
  created_at as "createdAt", delete_after as "deleteAfter", cloned_from as "clonedFrom", failure`;

/** Tells every process of the instance, when the transaction commits, that something of the project has changed. */
export async function announceProject(tx: Transaction, ref: string): Promise<void> {
  await tx.query('select pg_notify($1, $2)', [CHANNEL, ref]);
}

/** @param control The control database. */
export function createProjectStore(control: ProjectDatabase): ProjectStore {
  const transaction = <Result>(readOnly: boolean, run: (tx: Transaction) => Promise<Result>): Promise<Result> =>
    control.transaction({ login: 'platform', role: 'control', readOnly }, run);

  const change = (
    ref: string,
    text: string,
    values: readonly unknown[],
    also?: (tx: Transaction) => Promise<void>,
  ): Promise<boolean> =>
    transaction(false, async (tx) => {
      const { rowCount } = await tx.query(text, values);
      if (rowCount > 0) await also?.(tx);
      if (rowCount > 0) await announceProject(tx, ref);
      return rowCount > 0;
    });

  return {
    find: (ref) =>
      transaction(true, async (tx) => {
        const { rows } = await tx.query<Row>(`select ${PROJECT_COLUMNS} from control.projects where ref = $1`, [ref]);
        return rows[0] ?? null;
      }),

    list: () =>
      transaction(true, async (tx) => {
        const { rows } = await tx.query<Row>(
          `select ${PROJECT_COLUMNS} from control.projects order by created_at, ref`,
        );
        return rows;
      }),

    isSingle: () =>
      transaction(true, async (tx) => {
        const { rowCount } = await tx.query('select from control.projects limit 2');
        return rowCount === 1;
      }),

    insert: (ref, name, status, also) => {
      const text = `insert into control.projects (ref, name, status, organisation_id)
        values ($1, $2, $3, (select id from control.organisations order by created_at, id limit 1))
        on conflict do nothing`;
      return change(ref, text, [ref, name, status], also);
    },

    setStatus: (ref, status, from) => {
      const text = `update control.projects set status = $2, failure = null, delete_after = null
        where ref = $1 and ($3::text is null or status = $3)`;
      return change(ref, text, [ref, status, from ?? null]);
    },

    setDropDatabase: async (ref, drop) => {
      await change(ref, 'update control.projects set drop_database = $2 where ref = $1', [ref, drop]);
    },

    // No announcement: what the other processes hold of the project stays true.
    recordMigration: (ref, error) =>
      transaction(false, async (tx) => {
        const text = `update control.projects set migrated_at = case when $2::text is null then now() else migrated_at end,
          migration_error = $2 where ref = $1`;
        await tx.query(text, [ref, error]);
      }),

    recordFailure: (ref, failure) =>
      transaction(false, async (tx) => {
        await tx.query('update control.projects set failure = $2 where ref = $1', [ref, failure]);
      }),

    issuedKeys: (ref) =>
      transaction(true, async (tx) => {
        const text = `select id, kind, encode(digest, 'base64') as digest from control.api_keys
          where project_ref = $1 and revoked_at is null`;
        const { rows } = await tx.query<IssuedKeyRow & Record<string, unknown>>(text, [ref]);
        return rows;
      }),

    clonesOf: (ref) =>
      transaction(true, async (tx) => {
        const text = `select ref from control.projects where cloned_from = $1 and status = 'cloning'`;
        const { rows } = await tx.query<{ ref: string }>(text, [ref]);
        return rows.map((row) => row.ref);
      }),

    delete: async (ref) => {
      await change(ref, 'delete from control.projects where ref = $1', [ref], async (tx) => {
        await tx.query('delete from control.data_keys where project_ref = $1', [ref]);
      });
    },

    announce: (ref) => transaction(false, (tx) => announceProject(tx, ref)),

    onChange: (changed, missed) => control.listen(CHANNEL, ({ payload }) => changed(payload), missed),
  };
}

type Row = ProjectRecord & Record<string, unknown>;
