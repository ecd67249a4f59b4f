import { type Cluster, findProjectTemplate, holdLock, type DatabaseTarget, type SchemaOwner } from '@ashlar/postgres';
import { must } from '@ashlar/kernel';
import type { Observe } from '@ashlar/telemetry';
import { controlErrors } from '../control-errors.ts';
import { noGivenKeys } from '../keys/given-keys.ts';
import type { KeyStore, ProjectSecrets } from '../keys/key-store.ts';
import type { ProjectRecord, ProjectStore } from './project-store.ts';

export interface LifecycleOptions {
  readonly cluster: Cluster;
  readonly store: ProjectStore;
  readonly keyStore: KeyStore;
  readonly owners: readonly SchemaOwner[];
  readonly observe: Observe;
  /** Brings a project's database up to date, making it when it is missing. */
  readonly prepare: (ref: string, logins: ProjectSecrets['logins'], template?: string) => Promise<DatabaseTarget>;
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
  const { cluster, store, keyStore, owners, observe, prepare, letGo, onDropped } = options;
  const access = cluster.admin(cluster.control.database);

  async function make(ref: string): Promise<void> {
    const { logins } = await keyStore.settleProject(ref, noGivenKeys);
    // Without the template all migrations run, which takes longer and comes to the same.
    await prepare(ref, logins, (await findProjectTemplate({ cluster, owners })) ?? undefined);
    await store.setStatus(ref, 'active', 'creating');
    observe({ kind: 'project.created', project: ref });
  }

  async function copy({ ref, clonedFrom }: ProjectRecord): Promise<void> {
    const source = must(clonedFrom, 'the source of a clone');
    const { logins } = await keyStore.cloneProject(source, ref);
    // A database somebody is connected to cannot be copied. Those who ask for the source meanwhile come again.
    await letGo(source);
    await cluster.closeProject(source);
    await prepare(ref, logins, cluster.databaseOf(source));
    await store.setStatus(source, 'active', 'copying');
    await store.setStatus(ref, 'active', 'cloning');
    observe({ kind: 'project.created', project: ref });
  }

  async function empty(ref: string): Promise<void> {
    const { logins } = await keyStore.settleProject(ref, noGivenKeys);
    await letGo(ref);
    await cluster.dropProject(ref);
    await onDropped?.(ref);
    await prepare(ref, logins);
    await store.setStatus(ref, 'active', 'resetting');
  }

  async function remove(ref: string): Promise<void> {
    await letGo(ref);
    await cluster.dropProject(ref);
    await onDropped?.(ref);
    await keyStore.removeProject(ref);
    await store.delete(ref);
    observe({ kind: 'project.removed', project: ref });
  }

  async function rest(ref: string): Promise<void> {
    await letGo(ref);
    await cluster.closeProject(ref);
  }

  /** A source whose clone is gone goes on; otherwise the clone's end lets it. */
  async function releaseSource(ref: string): Promise<void> {
    if ((await store.clonesOf(ref)).length === 0) await store.setStatus(ref, 'active', 'copying');
  }

  function work(record: ProjectRecord): Promise<unknown> {
    const { ref, status } = record;
    switch (status) {
      case 'creating':
        return make(ref);
      case 'cloning':
        return copy(record);
      case 'copying':
        return releaseSource(ref);
      case 'resetting':
        return empty(ref);
      case 'removing':
        return remove(ref);
      case 'paused':
      case 'deleted':
        return rest(ref);
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
