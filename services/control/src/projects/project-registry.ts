import type {
  Cluster,
  DatabaseTarget,
  ProjectDatabase,
  ProjectHost,
  SchemaOwner,
  Sessions,
  Snapshots,
} from '@ashlar/postgres';
import type { Project, ProjectKeys, Projects, ProjectSettings } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { MasterKeys } from '../application/master-keys.ts';
import type { Placement } from '../application/placement.ts';
import type { GivenKeys } from '../keys/given-keys.ts';
import type { AddedKey, RotationOptions } from '../keys/key-rotation.ts';
import type { KeyStore, ProjectSecrets } from '../keys/key-store.ts';
import type { ProjectRecord } from './project-store.ts';

export interface ProjectsOptions {
  readonly cluster: Cluster;
  readonly sessions: Sessions;
  readonly keyStore: KeyStore;
  readonly masterKeys: MasterKeys;
  /** That of the instance; logins on other servers have passwords made from it. */
  readonly platformPassword: string;
  /** Refuses a server somebody named over the API when no request of theirs may lead there. */
  readonly judge: (host: string, port: number) => Promise<void>;
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
  readonly onMigrated?: (ref: string, host: ProjectHost) => Promise<void>;
  /** What is kept of a project elsewhere goes with its database, before another of its name can be made. */
  readonly onDropped?: (ref: string) => Promise<void>;
}

export interface CreateOptions {
  readonly name?: string;
  readonly given?: GivenKeys;
  /** Of a database on another server; the project lives in it. */
  readonly databaseUrl?: string | undefined;
}

/** A project with the logins of its database, for administration. */
export interface OpenProject {
  readonly project: Project;
  readonly target: DatabaseTarget;
  /** Acts for the owner of the project in its database. */
  readonly ownerRole: string;
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
  /**
   * Drops the database, its logins and keys. A database on a server of its own stays unless `dropDatabase` says so.
   *
   * @throws {AshlarError} `control.project_unknown`, `control.default_project_kept`.
   */
  remove(ref: string, options?: { readonly dropDatabase?: boolean }): Promise<void>;
  /**
   * Drops the database and makes it anew, with the same keys and logins.
   *
   * @throws {AshlarError} `control.project_unknown`, `control.database_elsewhere`.
   */
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
  /** Tries whether a project could live there. @throws {AshlarError} `control.placement_refused`. */
  probe(ref: string, placement: Placement): Promise<void>;
  /** The server of a project that is awake. */
  hostOf(ref: string): ProjectHost;
  /** The server of a project. @throws {AshlarError} `postgres.*` when it cannot be used now. */
  openHost(project: ProjectRecord): Promise<ProjectHost>;
  /** The control database. */
  readonly control: ProjectDatabase;
  close(): Promise<void>;
}
