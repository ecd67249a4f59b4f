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

/** A PostgreSQL server that hosts the control database and projects: embedded, or reached by URL. */
export interface Cluster {
  readonly kind: 'embedded' | 'external';
  /** `server_version_num`, such as 180004. */
  readonly version: number;
  readonly host: string;
  readonly port: number;
  readonly capabilities: Capabilities;
  /** Name of the role a project's owner login acts as; `postgres` unless an external server has a superuser of that name. */
  readonly ownerRole: string;
  /** The control database, as the project `control`. It has no owner's login: that place is the platform's. */
  readonly control: DatabaseTarget;
  /** Name of a project's database, whether or not it is there. */
  databaseOf(ref: string): string;
  /** Superuser (embedded) or the URL's login (external), for migrations and administration. */
  admin(database: string): {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password: string;
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
  /** Resolves when the server accepts connections again after a crash; at once when it is up. */
  ready(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
