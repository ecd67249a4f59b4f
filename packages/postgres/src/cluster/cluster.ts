import type { DatabaseTarget, Login } from '../session/target.ts';

/** What a server lets the platform do; a missing right switches a feature off by name, never silently. */
export interface Capabilities {
  /** False: DDL is noticed by a catalogue fingerprint every 2 s. */
  readonly eventTriggers: boolean;
  /** False: stream features are off. */
  readonly replication: boolean;
}

export interface ProjectLogins {
  readonly authenticator: Login;
  readonly owner: Login;
}

/** A PostgreSQL server as far as projects live on it. */
export interface ProjectHost {
  readonly capabilities: Capabilities;
  /** Name of the role a project's owner login acts as; `postgres` unless an external server has a superuser of that name. */
  readonly ownerRole: string;
  /** Name of a project's database, whether or not it is there. */
  databaseOf(ref: string): string;
  /** Superuser (embedded) or the URL's login (external), for migrations and administration. */
  admin(database: string): {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password: string;
    readonly tls?: boolean;
  };
  /**
   * Creates database, logins and rights; repeating it repairs what is missing and lets in again whom `closeProject`
   * kept out.
   *
   * @param template Database it is copied from when it is missing; nobody may be connected to it.
   */
  ensureProject(ref: string, logins: ProjectLogins, template?: string): Promise<DatabaseTarget>;
  /** Ends its connections and slots and lets nobody in until `ensureProject`; the data stays. */
  closeProject(ref: string): Promise<void>;
  /** Makes the roles of a suite, and the project's login for it; repeatable. */
  admitSuite(ref: string, suite: string): Promise<void>;
  /** Takes that login away, with its connections; what the suite stored stays. */
  dismissSuite(ref: string, suite: string): Promise<void>;
  /** Ends its connections, drops database and logins. */
  dropProject(ref: string): Promise<void>;
}

/** A PostgreSQL server that hosts the control database and projects: embedded, or reached by URL. */
export interface Cluster extends ProjectHost {
  readonly kind: 'embedded' | 'external';
  /** `server_version_num`, such as 180004. */
  readonly version: number;
  readonly host: string;
  readonly port: number;
  /** The control database, as the project `control`. It has no owner's login: that place is the platform's. */
  readonly control: DatabaseTarget;
  /** Resolves when the server accepts connections again after a crash; at once when it is up. */
  ready(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** A server that hosts one project, and nothing of the instance beside it. */
export interface PlacedHost extends ProjectHost {
  /** Makes a copy of the project's database on its server, which no login of it can enter yet; a second time it stays. */
  copyDatabase(ref: string, copy: string): Promise<void>;
  /** Ends the project's connections and slots and drops its logins; the database stays as it is. */
  releaseProject(ref: string): Promise<void>;
}
