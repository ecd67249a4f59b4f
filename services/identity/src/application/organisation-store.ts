import type { Grant, Invitation, Member, Organisation, OrganisationRole, Texts } from '../domain/organisation.ts';
import type { Rights, Scope } from '../domain/permissions.ts';

export interface NewOrganisation {
  readonly id: string;
  readonly slug: string;
  readonly name: Texts;
  readonly country: string | null;
  readonly baseCurrency: string;
  readonly timezone: string;
  readonly defaultLocale: string;
  readonly createdBy: string | null;
  readonly at: Date;
}

/** Absent members stay. */
export interface OrganisationChanges {
  readonly slug?: string;
  readonly name?: Texts;
  readonly country?: string | null;
  readonly baseCurrency?: string;
  readonly timezone?: string;
  readonly fiscalYearStart?: number;
  readonly defaultLocale?: string;
  readonly taxNo?: string | null;
  readonly status?: Organisation['status'];
  readonly seatLimit?: number | null;
}

export interface NewAssignment {
  readonly memberId: string;
  readonly roleId: string;
  readonly scope: Scope;
  readonly validUntil: Date | null;
  readonly grantedBy: string | null;
  readonly at: Date;
}

export interface NewInvitation {
  readonly id: string;
  readonly email: string;
  readonly grants: readonly Grant[];
  readonly tokenHash: string;
  readonly invitedBy: string | null;
  readonly at: Date;
  readonly expiresAt: Date;
}

export interface RoleDefinition extends Rights {
  readonly key: string;
  readonly name: Texts;
}

/** What the catalogue lists. */
export interface PermissionEntry {
  readonly key: string;
  readonly title: string;
}

/** Every method but the first few takes the organisation, so that no id of another one is ever answered or changed. */
export interface OrganisationStore {
  /** False when the slug is taken. */
  create(organisation: NewOrganisation): Promise<boolean>;
  /** Of the user, when given; of everybody otherwise. In the order the user joined them. */
  list(
    userId: string | null,
    window: { readonly offset: number; readonly limit: number },
  ): Promise<readonly Organisation[]>;
  /** Locked until the transaction ends when asked: changes of members and roles come one after the other. */
  find(id: string, lock: 'lock' | 'read'): Promise<Organisation | null>;
  /** False when the slug is taken. */
  update(id: string, changes: OrganisationChanges, at: Date): Promise<boolean>;

  members(id: string): Promise<readonly Member[]>;
  memberOf(id: string, userId: string): Promise<Member | null>;
  /** The new member's id, or null when the user is one already. */
  addMember(id: string, userId: string, at: Date): Promise<string | null>;
  setMemberStatus(id: string, memberId: string, status: Member['status'], at: Date): Promise<boolean>;
  removeMember(id: string, memberId: string): Promise<boolean>;

  permissions(): Promise<readonly PermissionEntry[]>;
  /** Those of the platform and those of the organisation. */
  roles(id: string): Promise<readonly OrganisationRole[]>;
  /** Null when the key is taken. */
  addRole(id: string, role: RoleDefinition, at: Date): Promise<string | null>;
  updateRole(id: string, roleId: string, role: Omit<RoleDefinition, 'key'>, at: Date): Promise<boolean>;
  /** Its assignments go with it. */
  removeRole(id: string, roleId: string): Promise<boolean>;
  /** The assignment's id; an equal one is the same. */
  assign(id: string, assignment: NewAssignment): Promise<string>;
  unassign(id: string, memberId: string, assignmentId: string): Promise<boolean>;

  /** Takes the place of an open one to the same address. */
  invite(id: string, invitation: NewInvitation): Promise<void>;
  invitations(id: string): Promise<readonly Invitation[]>;
  /** With its organisation; locked until the transaction ends. */
  findInvitation(
    tokenHash: string,
  ): Promise<{ readonly organisation: Organisation; readonly invitation: Invitation } | null>;
  markAccepted(invitationId: string, userId: string, at: Date): Promise<void>;
  revokeInvitation(id: string, invitationId: string, at: Date): Promise<boolean>;

  /** What a session acts for from its next token on. */
  choose(sessionId: string, id: string): Promise<void>;
}
