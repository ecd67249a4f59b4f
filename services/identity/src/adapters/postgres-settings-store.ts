import type { Transaction } from '@ashlar/postgres';
import type { SettingsStore, StoredSettings } from '../application/settings-store.ts';

type SettingsRow = {
  readonly value: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly updated_at: Date;
  readonly updated_by: string;
};

export function createPostgresSettingsStore(tx: Transaction): SettingsStore {
  const lastVersion: SettingsStore['version'] = async (section) => {
    const { rows } = await tx.query<{ version: number }>(
      'select coalesce(max(version), 0) as version from auth.settings_history where section = $1',
      [section],
    );
    return rows[0]?.version ?? 0;
  };
  return {
    version: lastVersion,

    async read(section) {
      const { rows } = await tx.query<SettingsRow>(
        'select value, version, updated_at, updated_by from auth.settings where section = $1',
        [section],
      );
      return rows[0] === undefined ? null : toStored(rows[0]);
    },

    async lock(section) {
      // A row that is not there cannot be locked, so the name is.
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('auth.settings ' || $1, 0))`, [section]);
      return lastVersion(section);
    },

    async write({ section, value, version, by, at }) {
      const json = value === null ? null : JSON.stringify(value);
      const keep = tx.query(
        'insert into auth.settings_history (section, version, value, changed_at, changed_by) values ($1, $2, $3, $4, $5)',
        [section, version, json, at, by],
      );
      const write =
        json === null
          ? tx.query('delete from auth.settings where section = $1', [section])
          : tx.query(
              `insert into auth.settings (section, value, version, updated_at, updated_by) values ($1, $2, $3, $4, $5)
               on conflict (section) do update set value = excluded.value, version = excluded.version,
                 updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
              [section, json, version, at, by],
            );
      await Promise.all([keep, write]);
    },
  };
}

function toStored({ value, version, updated_at: updatedAt, updated_by: updatedBy }: SettingsRow): StoredSettings {
  return { value, version, updatedAt, updatedBy };
}
