import type { ProjectDatabase } from '@ashlar/postgres';
import { type Project, sealingSecretOf } from '@ashlar/service';
import { type SettingsReader, settleSettings } from '../application/identity-settings.ts';
import { needsDataKey, openSecrets, sealingKeys } from '../domain/sealed-secrets.ts';
import { settingsSchema } from '../domain/settings-schema.ts';
import type { IdentitySettings } from '../domain/settings.ts';

/** What a trigger on `auth.settings` announces a change on. */
const CHANNEL = 'identity_settings';

interface Known {
  readonly version: number;
  readonly settings: Promise<IdentitySettings>;
}

/** Reads settings once per project and again after every announced change. */
export function createPostgresSettingsReader(): SettingsReader {
  // By database object: a project that is replaced or removed takes its entry along.
  const known = new WeakMap<ProjectDatabase, Known>();
  const listening = new WeakMap<ProjectDatabase, Promise<unknown>>();

  const forget = (database: ProjectDatabase): void => void known.delete(database);

  /** Listens before the first read, so that no change falls between the two. */
  const listen = (database: ProjectDatabase): Promise<unknown> => {
    let attempt = listening.get(database);
    if (attempt === undefined) {
      attempt = database.listen(
        CHANNEL,
        () => forget(database),
        () => forget(database),
      );
      listening.set(database, attempt);
      attempt.catch(() => listening.delete(database));
    }
    return attempt;
  };

  return {
    forget: ({ database }) => forget(database),
    of(project) {
      const { database, version } = project;
      const cached = known.get(database);
      if (cached?.version === version) return cached.settings;
      const settings = listen(database).then(() => read(project));
      known.set(database, { version, settings });
      settings.catch(() => forget(database));
      return settings;
    },
  };
}

async function read({ database, keys, settings, dataKey }: Project): Promise<IdentitySettings> {
  const { rows } = await database.call({
    login: 'service',
    role: 'identity',
    settings: [],
    readOnly: true,
    statement: { text: 'select section, value from auth.settings', values: [] },
    connection: 'shared',
  });
  // Who keeps the keys is asked only when there is something to open.
  const wantsDataKey = rows.some(([, value]) => typeof value === 'string' && needsDataKey(value));
  const opened = wantsDataKey ? await dataKey?.() : undefined;
  const sealing = sealingKeys(sealingSecretOf(keys), opened ?? null);
  const stored = rows.flatMap(([section, value]) =>
    typeof section === 'string' && Object.hasOwn(settingsSchema, section)
      ? [[section, openSecrets(sealing, JSON.parse(value ?? '{}'))] as const]
      : [],
  );
  return settleSettings(settings.auth, Object.fromEntries(stored));
}
