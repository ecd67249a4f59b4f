import type { Caller, Project } from '@ashlar/service';

/** What the policies of `realtime.messages` allow somebody on one topic. */
export interface Grants {
  readonly read: Rights;
  readonly write: Rights;
}

export interface Rights {
  readonly broadcast: boolean;
  readonly presence: boolean;
}

export const NO_GRANTS: Grants = {
  read: { broadcast: false, presence: false },
  write: { broadcast: false, presence: false },
};

/** Asks the database what callers may do on a private topic; the answers come in the order of the callers. */
export interface Authorizer {
  /** @throws When the database cannot be asked; nothing may then be assumed. */
  check(project: Project, topic: string, callers: readonly Caller[]): Promise<readonly Grants[]>;
}
