import {
  assertProjectRef,
  createSnapshots,
  ensureProjectTemplate,
  isProjectRef,
  migrateDatabase,
  type DatabaseTarget,
  type ProjectDatabase,
  type ProjectHost,
} from '@ashlar/postgres';
import { BoundedCache } from '@ashlar/kernel';
import { CONTROL_PROJECT, DEFAULT_PROJECT, type Project, type ProjectKeys } from '@ashlar/service';
import { inPostgresTransaction } from '../adapters/in-postgres-transaction.ts';
import { createProjectRows } from '../adapters/project-rows.ts';
import { createSecretRows } from '../adapters/secret-rows.ts';
import { dataKeyOf } from '../application/data-keys.ts';
import { writePlacement } from '../application/placement.ts';
import { controlErrors } from '../control-errors.ts';
import { controlSchema } from '../control-schema.ts';
import { noGivenKeys } from '../keys/given-keys.ts';
import type { ProjectSecrets } from '../keys/key-store.ts';
import { expectKeyChanges } from './expect-key-changes.ts';
import { keepEvents } from './keep-events.ts';
import { createProjectHosts } from './project-hosts.ts';
import { createLifecycle } from './project-lifecycle.ts';
import type { OpenProject, ProjectRegistry, ProjectsOptions, ProjectWatcher } from './project-registry.ts';
import { controlSettings, SETTING_NAMES, settleProjectSettings } from './project-settings.ts';
import { createProjectStore, type ProjectRecord } from './project-store.ts';

/** What keeps a project from being opened, in words for whoever asks for it. */
function refuseResting({ ref, status }: ProjectRecord): void {
  if (status === 'paused' || status === 'deleted') throw controlErrors.projectAtRest({ ref, status });
  if (status !== 'active') throw controlErrors.projectBusy({ ref, status });
}

/** What was read once is not read again; what failed is. */
function remembered<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let known: Promise<Value> | undefined;
  return () => {
    if (known !== undefined) return known;
    const reading = read();
    known = reading;
    reading.catch(() => (known = undefined));
    return reading;
  };
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
  const control = sessions.project(cluster.control);
  const store = createProjectStore(control);
  const inTransaction = inPostgresTransaction(control);
  const hosts = createProjectHosts({
    home: cluster,
    inTransaction,
    masterKeys: options.masterKeys,
    platformPassword: options.platformPassword,
    judge: options.judge,
  });
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
    eventTriggers: ({ ref }) => hosts.known(ref).capabilities.eventTriggers,
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
    hosts.forget(ref);
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
    const host = record === null ? cluster : await hosts.of(record);
    const target = record === null ? await prepareControl() : await prepare(ref, secrets.logins, { host });
    const settings =
      record === null
        ? controlSettings(defaults, site ?? null)
        : settleProjectSettings(ref, record.settings, defaults, pinned);
    const issuedKeys = await store.issuedKeys(ref);
    const keys: ProjectKeys = issuedKeys.length === 0 ? secrets.keys : { ...secrets.keys, issuedKeys };
    const database = sessions.project(target);
    databases.set(ref, database);
    const dataKey = remembered(() => readDataKey(ref));
    const project: Project = { ref, keys, version: ++versions, settings, database, dataKey };
    const opened = { project, target, ownerRole: host.ownerRole };
    // Changed meanwhile: good enough for those who wait, but the next one reads it again.
    if (changeCount === changesBefore) awake.set(ref, opened);
    keyChanges.expect(ref, secrets.keysChangeAt);
    events.due(database);
    observe({ kind: 'project.woken', project: ref });
    for (const watcher of watchers) watcher.onWake(opened);
    return opened;
  }

  const readDataKey = (ref: string): Promise<Buffer> =>
    inTransaction(({ secrets }) => dataKeyOf(options.masterKeys, secrets, ref));

  async function wake(ref: string): Promise<OpenProject | undefined> {
    const known = awake.get(ref);
    if (known !== undefined) return known;
    if (!(isProjectRef(ref) || ref === CONTROL_PROJECT) || (unknown.get(ref) ?? 0) > Date.now()) return undefined;
    const loading = waking.get(ref) ?? load(ref).finally(() => waking.delete(ref));
    waking.set(ref, loading);
    return loading;
  }

  const migrate = ({ admin, ownerRole }: ProjectHost, database: string): Promise<unknown> =>
    migrateDatabase({ admin: admin(database), owners, ownerRole, observe });

  /** The control project has the schemas of every service like any other, once somebody asks for it. */
  async function prepareControl(): Promise<DatabaseTarget> {
    await migrate(cluster, cluster.control.database);
    return cluster.control;
  }

  async function prepare(
    ref: string,
    logins: ProjectSecrets['logins'],
    { host, template }: { readonly host: ProjectHost; readonly template?: string | undefined },
  ): Promise<DatabaseTarget> {
    const target = await host.ensureProject(ref, logins, template);
    try {
      await migrate(host, target.database);
      await options.onMigrated?.(ref, host);
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
    return record;
  }

  const lifecycle = createLifecycle({
    cluster,
    hosts,
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
    probe: (ref, placement) => hosts.probe(ref, placement),
    hostOf: (ref) => hosts.known(ref),
    openHost: (project) => hosts.of(project),
    control,
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

    async create(ref, { name = ref, given: keys = noGivenKeys, databaseUrl } = {}) {
      assertProjectRef(ref);
      // The operator's own word: it may be any address.
      const placement = databaseUrl === undefined ? null : { url: databaseUrl, judged: false };
      if (placement !== null && (await store.find(ref)) === null) await hosts.probe(ref, placement);
      const added = await store.insert(ref, name, 'creating', async (tx) => {
        if (placement === null) return;
        const stores = { projects: createProjectRows(tx), secrets: createSecretRows(tx) };
        await writePlacement(stores, options.masterKeys, ref, placement);
      });
      // A row that is still "creating" is what a crash left behind: the same steps finish it.
      if (!added && (await store.find(ref))?.status !== 'creating') throw controlErrors.projectExists({ ref });
      const secrets = await keyStore.settleProject(ref, keys);
      await lifecycle.finish(ref);
      return secrets;
    },

    async remove(ref, { dropDatabase = false } = {}) {
      if (ref === DEFAULT_PROJECT) throw controlErrors.defaultProjectKept({ ref });
      await existing(ref);
      await store.setDropDatabase(ref, dropDatabase);
      await store.setStatus(ref, 'removing');
      await lifecycle.finish(ref);
    },

    async reset(ref) {
      const { databaseServer } = await existing(ref);
      if (databaseServer !== null) throw controlErrors.databaseElsewhere({ ref });
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
