import type { JobQueue, Project, ProjectSettings } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { DatabaseTarget } from '@ashlar/postgres';
import type { AddedKey, RotationOptions } from '../keys/key-rotation.ts';
import type { MasterKeys } from './master-keys.ts';
import type { Placement } from './placement.ts';
import type { SuiteDesk } from './project-suites.ts';
import type { Account, Stores } from './stores.ts';

export type InTransaction = <Result>(run: (stores: Stores) => Promise<Result>) => Promise<Result>;

/** The people of the instance, who are accounts of the control project. */
export interface AccountDesk {
  /**
   * Makes an account.
   *
   * @param input `confirmed`: whether its owner has shown that the address is theirs.
   *
   * @returns Null when the address has one.
   * @throws {AshlarError} `identity.*` for an address or a password that will not do.
   */
  create(input: {
    readonly email: string;
    readonly password: string;
    readonly confirmed: boolean;
  }): Promise<Account | null>;
  /** Whether a mail would reach anybody. */
  canMail(): Promise<boolean>;
  /** Leaves a mail with the way in. */
  mailInvitation(invitation: {
    readonly email: string;
    readonly organisation: string;
    readonly url: string;
    readonly expiresAt: Date;
  }): Promise<void>;
  /** Whether there is the account and nobody banned it. */
  isActive(id: string): Promise<boolean>;
  /** Whether the account has a second factor that signing in asks for. */
  hasFactor(id: string): Promise<boolean>;
}

/** What the use cases work with. */
export interface ControlParts {
  readonly inTransaction: InTransaction;
  readonly accounts: AccountDesk;
  readonly projects: ProjectWorks;
  readonly jobs: JobQueue;
  readonly suites: SuiteDesk;
  readonly masterKeys: MasterKeys;
  readonly defaults: ProjectSettings;
  /** Names of settings the operator fixed for every project: `rest.maxRows`. */
  readonly pinnedSettings: readonly string[];
  readonly now: () => Date;
  readonly observe: Observe;
}

/** Of the registry, what the use cases need. */
export interface ProjectWorks {
  finish(ref: string): Promise<void>;
  /** Wakes a project. @throws {AshlarError} `control.project_unknown`, `control.project_at_rest`, `control.project_busy`. */
  open(ref: string): Promise<{
    readonly project: Project;
    readonly target: DatabaseTarget;
    /** Acts for the owner of the project in its database. */
    readonly ownerRole: string;
  }>;
  /** Tries whether a project could live there. @throws {AshlarError} `control.placement_refused`. */
  probe(ref: string, placement: Placement): Promise<void>;
  rotateKeys(ref: string, options: RotationOptions): Promise<AddedKey>;
  /** Keys of the key folder that are no secret. */
  publicKeys(ref: string): Promise<PublicKeys>;
  /** Brings the database new projects are copied from up to date. */
  keepTemplate(): Promise<void>;
}

export interface PublicKeys {
  readonly anonKey: string;
  readonly publishableKeys: readonly string[];
}

export const PROJECT_TASK = 'control.project';
