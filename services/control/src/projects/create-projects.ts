import {
  assertProjectRef,
  createSnapshots,
  ensureProjectTemplate,
  isProjectRef,
  migrateDatabase,
  type Cluster,
  type DatabaseTarget,
  type ProjectDatabase,
  type SchemaOwner,
  type Sessions,
  type Snapshots,
} from '@ashlar/postgres';
import { BoundedCache } from '@ashlar/kernel';
import {
  CONTROL_PROJECT,
  DEFAULT_PROJECT,
  type Project,
  type ProjectKeys,
  type Projects,
  type ProjectSettings,
} from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { controlErrors } from '../control-errors.ts';
import { controlSchema } from '../control-schema.ts';
import { noGivenKeys, type GivenKeys } from '../keys/given-keys.ts';
import type { AddedKey, RotationOptions } from '../keys/key-rotation.ts';
import type { KeyStore, ProjectSecrets } from '../keys/key-store.ts';
import { expectKeyChanges } from './expect-key-changes.ts';
import { keepEvents } from './keep-events.ts';
import { controlSettings, SETTING_NAMES, settleProjectSettings } from './project-settings.ts';
import { createLifecycle } from './project-lifecycle.ts';
import { createProjectStore, type ProjectRecord } from './project-store.ts';

export interface ProjectsOptions {
  readonly cluster: Cluster;
  readonly sessions: Sessions;
  readonly keyStore: KeyStore;
  /** Migrated in every project database, in this order; the platform's own schema is first. */
  readonly owners: readonly SchemaOwner[];
  /** What a project has that stored no settings of its own. */
  readonly defaults: ProjectSettings;
  /** Where people administer the instance with a browser. */
  readonly site?: string;
  /** Names of settings in which no project differs from that. */
  readonly pinned?: readonly string[];
  /** Keys given for the default project. */
  readonly given: GivenKeys;
  readonly observe: Observe;
  /** What a project has beside that is brought up to date as well, before anybody meets it. */
  readonly onMigrated?: (ref: string) => Promise<void>;
  /** What is kept of a project elsewhere goes with its database, before another of its name can be made. */
  readonly onDropped?: (ref: string) => Promise<void>;
}

export interface CreateOptions {
  readonly name?: string;
  readonly given?: GivenKeys;
}

/** A project with the logins of its database, for administration. */
export interface OpenProject {
  readonly project: Project;
  readonly target: DatabaseTarget;
}

/** Who works for a project as long as it is awake in this process. */
export interface ProjectWatcher {
  /** Told again when settings or keys have changed. */
  onWake(opened: OpenProject): void;
  /** Its connections are about to go. */
  onLeave(ref: string): Promise<void>;
}

export interface ProjectRegistry extends Projects {
  /** Tells of the projects that are awake and of those that wake later. */
  watch(watcher: ProjectWatcher): void;
  /** The schemas of awake projects; what is known of one goes with its connections. */
  readonly snapshots: Snapshots;
  /** Wakes a project that must be there. @throws {AshlarError} `control.project_unknown`. */
  open(ref: string): Promise<OpenProject>;
  /** Every project of the instance, the oldest first. */
  list(): Promise<readonly ProjectRecord[]>;
  /** @throws {AshlarError} `postgres.project_ref_invalid`, `control.project_exists`, and those of the given keys. */
  create(ref: string, options?: CreateOptions): Promise<ProjectSecrets>;
  /** Drops the database, its logins and keys. @throws {AshlarError} `control.project_unknown`, `control.default_project_kept`. */
  remove(ref: string): Promise<void>;
  /** Drops the database and makes it anew, with the same keys and logins. @throws {AshlarError} `control.project_unknown`. */
  reset(ref: string): Promise<void>;
  /**
   * Publishes a new key that signs access tokens after a while, or at once instead of all before it. Every process of
   * the instance follows.
   *
   * @throws {AshlarError} `control.project_unknown`, `control.rotation_pending`.
   */
  rotateKeys(ref: string, options: RotationOptions): Promise<AddedKey>;
  /** Does what a project's status asks for; see `ProjectLifecycle`. */
  finish(ref: string): Promise<void>;
  /** Keys of the key folder that are no secret; none while the project is being made. */
  publicKeys(ref: string): Promise<Pick<ProjectKeys, 'anonKey' | 'publishableKeys'>>;
  /** Brings the database new projects are copied from up to date; without one they take a little longer. */
  keepTemplate(): Promise<void>;
  /** Acts for the owner of a project in the project's database. */
  readonly ownerRole: string;
  /** The control database. */
  readonly control: ProjectDatabase;
  close(): Promise<void>;
}

/** What keeps a project from being opened, in words for whoever asks for it. */
function refuseResting({ ref, status, databaseUrl }: ProjectRecord): void {
  if (databaseUrl !== null) throw controlErrors.databaseElsewhere({ ref });
  if (status === 'paused' || status === 'deleted') throw controlErrors.projectAtRest({ ref, status });
  if (status !== 'active') throw controlErrors.projectBusy({ ref, status });
}

/** A ref nobody has is not asked for again within this time, so that guessing does not reach the database. */
const UNKNOWN_FOR_MS = 2_000;
const MAX_UNKNOWN_REFS = 1_000;

/**
 * Opens the control database, migrated, with the default project in it. Projects themselves wake when first asked
 * for: database and logins are ensured, migrations run once, and everyone who asks meanwhile waits for the same work.
 */
export async function createProjects(options: ProjectsOptions): Promise<ProjectRegistry> {
  const { cluster, sessions, keyStore, owners, defaults, site, pinned = [], given, observe } = options;
  await migrateDatabase({
    admin: cluster.admin(cluster.control.database),
    owners: [controlSchema],
    ownerRole: cluster.ownerRole,
    observe,
  });
  const unknownSetting = pinned.find((name) => !SETTING_NAMES.includes(name));
  if (unknownSetting !== undefined) throw controlErrors.settingUnknown({ name: unknownSetting });
  const store = createProjectStore(sessions.project(cluster.control));
  await store.insert(DEFAULT_PROJECT, 'Default project', 'active');

  const awake = new Map<string, OpenProject>();
  /** Every project used since the process began, asleep or not. */
  const databases = new Map<string, ProjectDatabase>();
  const waking = new Map<string, Promise<OpenProject | undefined>>();
  const unknown = new BoundedCache<string, number>(MAX_UNKNOWN_REFS);
  const watchers: ProjectWatcher[] = [];
  let versions = 0;
  let changeCount = 0;
  let isSingle = await store.isSingle();
  const events = keepEvents({ databases, observe });
  // Read again when its time has come, the project has other keys.
  const keyChanges = expectKeyChanges((ref) => awake.delete(ref));
  const snapshots = createSnapshots({
    observe,
    eventTriggers: () => cluster.capabilities.eventTriggers,
    globalRoleSettings: () => isSingle,
  });

  const changes = await store.onChange(
    (ref) => void follow(ref),
    // Announcements may have been missed: what is awake is read again when next asked for.
    () => {
      changeCount += 1;
      awake.clear();
      unknown.clear();
    },
  );

  /** Somebody changed a project: what is known of it is read again, and let go unless it goes on as before. */
  async function follow(ref: string): Promise<void> {
    changeCount += 1;
    awake.delete(ref);
    unknown.delete(ref);
    try {
      const record = await store.find(ref);
      if (record?.status !== 'active') await letGo(ref);
      await followCount();
    } catch {
      // The control database is away; its return makes everything be read again.
    }
  }

  /** Settings of a role for the whole server are those of a project that is alone on it. */
  async function followCount(): Promise<void> {
    const wasSingle = isSingle;
    isSingle = await store.isSingle();
    if (isSingle !== wasSingle) await Promise.all([...databases.values()].map((known) => snapshots.release(known)));
  }

  async function letGo(ref: string): Promise<void> {
    awake.delete(ref);
    const database = databases.get(ref);
    databases.delete(ref);
    await Promise.all(watchers.map((watcher) => watcher.onLeave(ref)));
    if (database !== undefined) await snapshots.release(database);
    await sessions.forget(ref);
  }

  async function load(ref: string): Promise<OpenProject | undefined> {
    const changesBefore = changeCount;
    const record = await store.find(ref);
    if (record === null && ref !== CONTROL_PROJECT) {
      unknown.set(ref, Date.now() + UNKNOWN_FOR_MS);
      // Removed without our hearing of it.
      if (databases.has(ref)) await letGo(ref);
      return undefined;
    }
    if (record !== null) refuseResting(record);
    const secrets = await keyStore.settleProject(ref, ref === DEFAULT_PROJECT ? given : noGivenKeys);
    const target = record === null ? await prepareControl() : await prepare(ref, secrets.logins);
    const settings =
      record === null
        ? controlSettings(defaults, site ?? null)
        : settleProjectSettings(ref, record.settings, defaults, pinned);
    const issuedKeys = await store.issuedKeys(ref);
    const keys: ProjectKeys = issuedKeys.length === 0 ? secrets.keys : { ...secrets.keys, issuedKeys };
    const database = sessions.project(target);
    databases.set(ref, database);
    const project: Project = { ref, keys, version: ++versions, settings, database };
    const opened = { project, target };
    // Changed meanwhile: good enough for those who wait, but the next one reads it again.
    if (changeCount === changesBefore) awake.set(ref, opened);
    keyChanges.expect(ref, secrets.keysChangeAt);
    events.due(database);
    observe({ kind: 'project.woken', project: ref });
    for (const watcher of watchers) watcher.onWake(opened);
    return opened;
  }

  async function wake(ref: string): Promise<OpenProject | undefined> {
    const known = awake.get(ref);
    if (known !== undefined) return known;
    if (!(isProjectRef(ref) || ref === CONTROL_PROJECT) || (unknown.get(ref) ?? 0) > Date.now()) return undefined;
    const loading = waking.get(ref) ?? load(ref).finally(() => waking.delete(ref));
    waking.set(ref, loading);
    return loading;
  }

  const migrate = (database: string): Promise<unknown> =>
    migrateDatabase({ admin: cluster.admin(database), owners, ownerRole: cluster.ownerRole, observe });

  /** The control project has the schemas of every service like any other, once somebody asks for it. */
  async function prepareControl(): Promise<DatabaseTarget> {
    await migrate(cluster.control.database);
    return cluster.control;
  }

  async function prepare(ref: string, logins: ProjectSecrets['logins'], template?: string): Promise<DatabaseTarget> {
    const target = await cluster.ensureProject(ref, logins, template);
    try {
      await migrate(target.database);
      await options.onMigrated?.(ref);
    } catch (error) {
      await store.recordMigration(ref, error instanceof Error ? error.message : String(error));
      throw error;
    }
    await store.recordMigration(ref, null);
    return target;
  }

  async function existing(ref: string): Promise<ProjectRecord> {
    const record = isProjectRef(ref) ? await store.find(ref) : null;
    if (record === null) throw controlErrors.projectUnknown({ ref });
    if (record.databaseUrl !== null) throw controlErrors.databaseElsewhere({ ref });
    return record;
  }

  const lifecycle = createLifecycle({
    cluster,
    store,
    keyStore,
    owners,
    observe,
    prepare,
    letGo,
    onDropped: options.onDropped,
  });

  return {
    snapshots,
    ownerRole: cluster.ownerRole,
    control: sessions.project(cluster.control),
    finish: (ref) => lifecycle.finish(ref),
    publicKeys: async (ref) => (await keyStore.project(ref))?.keys ?? { anonKey: '', publishableKeys: [] },
    keepTemplate: () => ensureProjectTemplate({ cluster, owners, observe }),
    peek: (ref) => awake.get(ref)?.project,
    wake: async (ref) => (await wake(ref))?.project,

    async open(ref) {
      const opened = await wake(ref);
      if (opened === undefined) throw controlErrors.projectUnknown({ ref });
      return opened;
    },

    watch(watcher) {
      watchers.push(watcher);
      for (const opened of awake.values()) watcher.onWake(opened);
    },

    list: () => store.list(),

    async create(ref, { name = ref, given: keys = noGivenKeys } = {}) {
      assertProjectRef(ref);
      const added = await store.insert(ref, name, 'creating');
      // A row that is still "creating" is what a crash left behind: the same steps finish it.
      if (!added && (await store.find(ref))?.status !== 'creating') throw controlErrors.projectExists({ ref });
      const secrets = await keyStore.settleProject(ref, keys);
      await lifecycle.finish(ref);
      return secrets;
    },

    async remove(ref) {
      if (ref === DEFAULT_PROJECT) throw controlErrors.defaultProjectKept({ ref });
      await existing(ref);
      await store.setStatus(ref, 'removing');
      await lifecycle.finish(ref);
    },

    async reset(ref) {
      await existing(ref);
      await store.setStatus(ref, 'resetting');
      await lifecycle.finish(ref);
    },

    async rotateKeys(ref, rotation) {
      if (ref !== CONTROL_PROJECT) await existing(ref);
      const added = await keyStore.rotateProject(ref, rotation);
      await store.announce(ref);
      return added;
    },

    async close() {
      keyChanges.close();
      await Promise.all([changes.stop(), snapshots.close(), events.close()]);
    },
  };
}
