import {
  type Cluster,
  findProjectTemplate,
  holdLock,
  projectDatabaseName,
  type DatabaseTarget,
  type ProjectHost,
  type SchemaOwner,
} from '@ashlar/postgres';
import { AshlarError, must } from '@ashlar/kernel';
import type { Observe } from '@ashlar/telemetry';
import { controlErrors } from '../control-errors.ts';
import { noGivenKeys } from '../keys/given-keys.ts';
import type { KeyStore, ProjectSecrets } from '../keys/key-store.ts';
import type { ProjectHosts } from './project-hosts.ts';
import type { ProjectRecord, ProjectStore } from './project-store.ts';

export interface LifecycleOptions {
  readonly cluster: Cluster;
  readonly hosts: ProjectHosts;
  readonly store: ProjectStore;
  readonly keyStore: KeyStore;
  readonly owners: readonly SchemaOwner[];
  readonly observe: Observe;
  /** Brings a project's database up to date, making it when it is missing. */
  readonly prepare: (
    ref: string,
    logins: ProjectSecrets['logins'],
    from: { readonly host: ProjectHost; readonly template?: string | undefined },
  ) => Promise<DatabaseTarget>;
  /** Ends what this process holds of a project. */
  readonly letGo: (ref: string) => Promise<void>;
  /** Told once a project's database is gone, and told again after a crash. */
  readonly onDropped?: ((ref: string) => Promise<void>) | undefined;
}

export interface ProjectLifecycle {
  /**
   * Does what the project's status asks for, until it is at rest: the status is written before the work, so that
   * whoever finds it after a crash can finish it. One process at a time; repeating it is harmless.
   *
   * @throws {AshlarError} `control.project_busy` while another process works on it; what the work throws.
   */
  finish(ref: string): Promise<void>;
}

export function createLifecycle(options: LifecycleOptions): ProjectLifecycle {
  const { cluster, hosts, store, keyStore, owners, observe, prepare, letGo, onDropped } = options;
  const access = cluster.admin(cluster.control.database);

  async function make(record: ProjectRecord): Promise<void> {
    const { ref, databaseServer } = record;
    const { logins } = await keyStore.settleProject(ref, noGivenKeys);
    const host = await hosts.of(record);
    // Without the template all migrations run, which takes longer and comes to the same.
    const template =
      databaseServer === null ? ((await findProjectTemplate({ cluster, owners })) ?? undefined) : undefined;
    await prepare(ref, logins, { host, template });
    await store.setStatus(ref, 'active', 'creating');
    observe({ kind: 'project.created', project: ref });
  }

  async function copy(record: ProjectRecord): Promise<void> {
    const { ref, clonedFrom, databaseServer } = record;
    const source = must(clonedFrom, 'the source of a clone');
    const { logins } = await keyStore.cloneProject(source, ref);
    // A database somebody is connected to cannot be copied. Those who ask for the source meanwhile come again.
    await letGo(source);
    if (databaseServer === null) {
      await cluster.closeProject(source);
      await prepare(ref, logins, { host: cluster, template: cluster.databaseOf(source) });
    } else {
      const origin = await hosts.placed(source);
      await origin.closeProject(source);
      await origin.copyDatabase(source, projectDatabaseName(ref));
      await prepare(ref, logins, { host: await hosts.of(record) });
    }
    await store.setStatus(source, 'active', 'copying');
    await store.setStatus(ref, 'active', 'cloning');
    observe({ kind: 'project.created', project: ref });
  }

  async function empty(ref: string): Promise<void> {
    const { logins } = await keyStore.settleProject(ref, noGivenKeys);
    await letGo(ref);
    await cluster.dropProject(ref);
    await onDropped?.(ref);
    await prepare(ref, logins, { host: cluster });
    await store.setStatus(ref, 'active', 'resetting');
  }

  async function remove({ ref, databaseServer, dropDatabase }: ProjectRecord): Promise<void> {
    await letGo(ref);
    if (databaseServer === null) await cluster.dropProject(ref);
    else await leaveServer(ref, dropDatabase);
    await onDropped?.(ref);
    await keyStore.removeProject(ref);
    await store.delete(ref);
    observe({ kind: 'project.removed', project: ref });
  }

  /** A server that is gone for good keeps nobody from removing the project; one whose database is to go is waited for. */
  async function leaveServer(ref: string, dropDatabase: boolean): Promise<void> {
    try {
      const host = await hosts.placed(ref);
      await (dropDatabase ? host.dropProject(ref) : host.releaseProject(ref));
    } catch (error) {
      const isAway = error instanceof AshlarError && error.code === 'postgres.server_unreachable';
      if (dropDatabase || !isAway) throw error;
      observe({ kind: 'control.work-failed', work: `leave the server of project ${ref}`, error });
    } finally {
      hosts.forget(ref);
    }
  }

  async function rest(record: ProjectRecord): Promise<void> {
    await letGo(record.ref);
    const host = await hosts.of(record);
    await host.closeProject(record.ref);
    hosts.forget(record.ref);
  }

  /** A source whose clone is gone goes on; otherwise the clone's end lets it. */
  async function releaseSource(ref: string): Promise<void> {
    if ((await store.clonesOf(ref)).length === 0) await store.setStatus(ref, 'active', 'copying');
  }

  function work(record: ProjectRecord): Promise<unknown> {
    const { ref, status } = record;
    switch (status) {
      case 'creating':
        return make(record);
      case 'cloning':
        return copy(record);
      case 'copying':
        return releaseSource(ref);
      case 'resetting':
        return empty(ref);
      case 'removing':
        return remove(record);
      case 'paused':
      case 'deleted':
        return rest(record);
      case 'active':
        return Promise.resolve();
    }
  }

  return {
    async finish(ref) {
      const held = await holdLock(access, `project ${ref}`, async () => {
        const record = await store.find(ref);
        if (record === null) return;
        try {
          await work(record);
        } catch (error) {
          await store.recordFailure(ref, error instanceof Error ? error.message : String(error));
          throw error;
        }
      });
      if (held === null) throw controlErrors.projectBusy({ ref, status: 'being worked on by another process' });
    },
  };
}
