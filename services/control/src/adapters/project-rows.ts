import type { Transaction } from '@ashlar/postgres';
import type { ProjectRows, SettingsChange } from '../application/stores.ts';
import { announceProject, PROJECT_COLUMNS, type ProjectRecord } from '../projects/project-store.ts';

type Row<Value> = Value & Record<string, unknown>;

export function createProjectRows(tx: Transaction): ProjectRows {
  const find = async (ref: string, more: string): Promise<ProjectRecord | null> => {
    const text = `select ${PROJECT_COLUMNS} from control.projects where ref = $1 ${more}`;
    return (await tx.query<Row<ProjectRecord>>(text, [ref])).rows[0] ?? null;
  };
  return {
    lock: (ref) => find(ref, 'for update'),
    find: (ref) => find(ref, ''),
    async ofAccount(accountId) {
      const text = `select ${PROJECT_COLUMNS} from control.projects
        where organisation_id in (select organisation_id from control.members where account_id = $1)
           or ref in (select project_ref from control.project_members where account_id = $1)
        order by created_at, ref`;
      return (await tx.query<Row<ProjectRecord>>(text, [accountId])).rows;
    },
    async insert({ ref, name, organisationId, status, clonedFrom, settings }) {
      const text = `insert into control.projects (ref, name, organisation_id, status, cloned_from, settings)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing`;
      const { rowCount } = await tx.query(text, [
        ref,
        name,
        organisationId,
        status,
        clonedFrom,
        JSON.stringify(settings),
      ]);
      if (rowCount > 0) await announceProject(tx, ref);
      return rowCount > 0;
    },
    async change(ref, { name, status, deleteAfter, settings, settingsVersion, dropDatabase }) {
      const text = `update control.projects set
          name = coalesce($2, name),
          failure = case when $3::text is null then failure end,
          delete_after = case when $3::text is null then delete_after else $4::timestamptz end,
          status = coalesce($3, status),
          settings = coalesce($5::jsonb, settings),
          settings_version = coalesce($6::integer, settings_version),
          drop_database = coalesce($7::boolean, drop_database)
        where ref = $1`;
      await tx.query(text, [
        ref,
        name ?? null,
        status ?? null,
        deleteAfter ?? null,
        settings === undefined ? null : JSON.stringify(settings),
        settingsVersion ?? null,
        dropDatabase ?? null,
      ]);
      await announceProject(tx, ref);
    },
    async place(ref, { server, sealed }) {
      const text = 'update control.projects set database_server = $2, database_url_sealed = $3 where ref = $1';
      await tx.query(text, [ref, server, sealed]);
    },
    async sealedPlacement(ref) {
      const text = 'select database_url_sealed as sealed from control.projects where ref = $1';
      return (await tx.query<{ sealed: Buffer | null }>(text, [ref])).rows[0]?.sealed ?? null;
    },
    async unfinished() {
      const text = `select ref from control.projects
        where status in ('creating', 'cloning', 'copying', 'resetting', 'removing')
        order by status = 'copying', ref`;
      return (await tx.query<{ ref: string }>(text)).rows.map(({ ref }) => ref);
    },
    async deleted() {
      const text = `select ref, delete_after as "deleteAfter" from control.projects where status = 'deleted'`;
      return (await tx.query<{ ref: string; deleteAfter: Date }>(text)).rows;
    },
    async addSettings(ref, version, settings, changedBy) {
      const text = `insert into control.settings_history (project_ref, version, settings, changed_by)
        values ($1, $2, $3, $4)`;
      await tx.query(text, [ref, version, JSON.stringify(settings), changedBy]);
    },
    async settingsHistory(ref) {
      const text = `select version, settings, changed_by, changed_at from control.settings_history
        where project_ref = $1 order by version desc limit 1000`;
      return (await tx.query<Row<SettingsChange>>(text, [ref])).rows;
    },
  };
}
