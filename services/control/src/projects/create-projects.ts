import {
  assertProjectRef,
  createSnapshots,
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
import { DEFAULT_PROJECT, type Project, type Projects, type ProjectSettings } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { controlErrors } from '../control-errors.ts';
import { controlSchema } from '../control-schema.ts';
import { noGivenKeys, type GivenKeys } from '../keys/given-keys.ts';
import type { KeyStore, ProjectSecrets } from '../keys/key-store.ts';
import { keepEvents } from './keep-events.ts';
import { settleProjectSettings } from './project-settings.ts';
import { createProjectStore, type ProjectRecord } from './project-store.ts';

export interface ProjectsOptions {
  readonly cluster: Cluster;
  readonly sessions: Sessions;
  readonly keyStore: KeyStore;
  /** Migrated in every project database, in this order; the platform's own schema is first. */
  readonly owners: readonly SchemaOwner[];
  /** What a project has that stored no settings of its own. */
  readonly defaults: ProjectSettings;
  /** Keys given for the default project. */
  readonly given: GivenKeys;
  readonly observe: Observe;
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

export interface ProjectRegistry extends Projects {
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
  close(): Promise<void>;
}

/** A ref nobody has is not asked for again within this time, so that guessing does not reach the database. */
const UNKNOWN_FOR_MS = 2_000;
const MAX_UNKNOWN_REFS = 1_000;

/**
 * Opens the control database, migrated, with the default project in it. Projects themselves wake when first asked
 * for: database and logins are ensured, migrations run once, and everyone who asks meanwhile waits for the same work.
 */
export async function createProjects(options: ProjectsOptions): Promise<ProjectRegistry> {
  const { cluster, sessions, keyStore, owners, defaults, given, observe } = options;
  await migrateDatabase({
    admin: cluster.admin(cluster.control.database),
    owners: [controlSchema],
    ownerRole: cluster.ownerRole,
    observe,
  });
  const store = createProjectStore(sessions.project(cluster.control));
  await store.insert(DEFAULT_PROJECT, 'Default project', 'active');

  const awake = new Map<string, OpenProject>();
  /** Every project used since the process began, asleep or not. */
  const databases = new Map<string, ProjectDatabase>();
  const waking = new Map<string, Promise<OpenProject | undefined>>();
  const unknown = new BoundedCache<string, number>(MAX_UNKNOWN_REFS);
  let versions = 0;
  let changeCount = 0;
  let isSingle = await store.isSingle();
  const events = keepEvents({ databases, observe });
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
    if (database !== undefined) await snapshots.release(database);
    await sessions.forget(ref);
  }

  async function load(ref: string): Promise<OpenProject | undefined> {
    const changesBefore = changeCount;
    const record = await store.find(ref);
    if (record === null) {
      unknown.set(ref, Date.now() + UNKNOWN_FOR_MS);
      // Removed without our hearing of it.
      if (databases.has(ref)) await letGo(ref);
      return undefined;
    }
    if (record.databaseUrl !== null) throw controlErrors.databaseElsewhere({ ref });
    if (record.status !== 'active') throw controlErrors.projectBusy({ ref, status: record.status });
    const settings = settleProjectSettings(ref, record.settings, defaults);
    const { keys, logins } = await keyStore.settleProject(ref, ref === DEFAULT_PROJECT ? given : noGivenKeys);
    const target = await prepare(ref, logins);
    const database = sessions.project(target);
    databases.set(ref, database);
    const project: Project = { ref, keys, version: ++versions, settings, database };
    const opened = { project, target };
    // Changed meanwhile: good enough for those who wait, but the next one reads it again.
    if (changeCount === changesBefore) awake.set(ref, opened);
    events.due(database);
    observe({ kind: 'project.woken', project: ref });
    return opened;
  }

  async function wake(ref: string): Promise<OpenProject | undefined> {
    const known = awake.get(ref);
    if (known !== undefined) return known;
    if (!isProjectRef(ref) || (unknown.get(ref) ?? 0) > Date.now()) return undefined;
    const loading = waking.get(ref) ?? load(ref).finally(() => waking.delete(ref));
    waking.set(ref, loading);
    return loading;
  }

  async function prepare(ref: string, logins: ProjectSecrets['logins']): Promise<DatabaseTarget> {
    const target = await cluster.ensureProject(ref, logins);
    try {
      const admin = cluster.admin(target.database);
      await migrateDatabase({ admin, owners, ownerRole: cluster.ownerRole, observe });
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

  return {
    snapshots,
    peek: (ref) => awake.get(ref)?.project,
    wake: async (ref) => (await wake(ref))?.project,

    async open(ref) {
      const opened = await wake(ref);
      if (opened === undefined) throw controlErrors.projectUnknown({ ref });
      return opened;
    },

    list: () => store.list(),

    async create(ref, { name = ref, given: keys = noGivenKeys } = {}) {
      assertProjectRef(ref);
      const added = await store.insert(ref, name, 'creating');
      // A row that is still "creating" is what a crash left behind: the same steps finish it.
      if (!added && (await store.find(ref))?.status !== 'creating') throw controlErrors.projectExists({ ref });
      const secrets = await keyStore.settleProject(ref, keys);
      await prepare(ref, secrets.logins);
      await store.setStatus(ref, 'active');
      observe({ kind: 'project.created', project: ref });
      return secrets;
    },

    async remove(ref) {
      if (ref === DEFAULT_PROJECT) throw controlErrors.defaultProjectKept({ ref });
      await existing(ref);
      await store.setStatus(ref, 'removing');
      await letGo(ref);
      await cluster.dropProject(ref);
      await keyStore.removeProject(ref);
      await store.delete(ref);
      observe({ kind: 'project.removed', project: ref });
    },

    async reset(ref) {
      await existing(ref);
      const { logins } = await keyStore.settleProject(ref, noGivenKeys);
      await store.setStatus(ref, 'resetting');
      await letGo(ref);
      await cluster.dropProject(ref);
      await prepare(ref, logins);
      await store.setStatus(ref, 'active');
    },

    async close() {
      await Promise.all([changes.stop(), snapshots.close(), events.close()]);
    },
  };
}
