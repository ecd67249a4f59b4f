import type { SavedQueryStore } from './saved-queries.ts';
import type { ProjectRecord } from '../projects/project-store.ts';
import type { Role, Scope } from '../domain/roles.ts';

/** What is written in one transaction: a change and the entry about it. */
export interface Stores {
  readonly accounts: AccountStore;
  readonly organisations: OrganisationStore;
  readonly projects: ProjectRows;
  readonly keys: ApiKeyStore;
  readonly tokens: TokenStore;
  readonly queries: SavedQueryStore;
  readonly secrets: SecretStore;
  readonly usage: UsageStore;
  readonly audit: AuditStore;
  readonly tableViews: TableViewStore;
}

export interface Account {
  readonly id: string;
  readonly email: string;
}

export interface AccountStore {
  find(id: string): Promise<Account | null>;
  findByEmail(email: string): Promise<Account | null>;
  save(account: Account): Promise<void>;
  /** Whether the instance has an owner. */
  hasOwner(): Promise<boolean>;
  /** Nobody else sets the instance up until the transaction ends. */
  lockSetup(): Promise<void>;
  /** Replaces the setup link there was. */
  putSetupLink(tokenHash: Buffer, expiresAt: Date): Promise<void>;
  /** Takes the link away. @returns False when it is not the one, or its time is over. */
  takeSetupLink(tokenHash: Buffer): Promise<boolean>;
  hasSetupLink(tokenHash: Buffer): Promise<boolean>;
  /** Whether one was ever made and not used. */
  hasAnySetupLink(): Promise<boolean>;
}

export interface Organisation {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly created_at: Date;
}

export interface Member {
  readonly account_id: string;
  readonly email: string;
  readonly role: Role;
  readonly created_at: Date;
}

export interface Invitation {
  readonly id: string;
  readonly organisation_id: string;
  readonly project_ref: string | null;
  readonly email: string;
  readonly role: Role;
  /** The link went to the mailbox alone. */
  readonly mailed: boolean;
  readonly invited_by: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly accepted_at: Date | null;
}

export interface OrganisationStore {
  /** @returns Null when the slug is taken. */
  insert(slug: string, name: string): Promise<Organisation | null>;
  find(id: string): Promise<Organisation | null>;
  /** With the account's role in each. */
  ofAccount(accountId: string): Promise<readonly (Organisation & { readonly role: Role })[]>;
  rename(id: string, name: string): Promise<void>;
  /** Projects that belong to nobody yet. */
  adoptProjects(id: string): Promise<void>;
  role(id: string, accountId: string): Promise<Role | null>;
  members(id: string): Promise<readonly Member[]>;
  setRole(id: string, accountId: string, role: Role): Promise<void>;
  /** Also from the organisation's projects. */
  removeMember(id: string, accountId: string): Promise<void>;
  /** How many there are; nobody else changes that until the transaction ends. */
  lockOwners(id: string): Promise<number>;
  projectRole(ref: string, accountId: string): Promise<Role | null>;
  projectMembers(ref: string): Promise<readonly Member[]>;
  setProjectRole(ref: string, accountId: string, role: Role): Promise<void>;
  removeProjectMember(ref: string, accountId: string): Promise<boolean>;
  addInvitation(invitation: NewInvitation): Promise<Invitation>;
  /** Open ones, the newest first. */
  invitations(id: string): Promise<readonly Invitation[]>;
  removeInvitation(id: string, invitationId: string): Promise<Invitation | null>;
  /** Nobody else takes it until the transaction ends. */
  lockInvitation(tokenHash: Buffer): Promise<Invitation | null>;
  acceptInvitation(id: string, accountId: string): Promise<void>;
}

export interface NewInvitation {
  readonly organisationId: string;
  readonly projectRef: string | null;
  readonly email: string;
  readonly role: Role;
  readonly tokenHash: Buffer;
  readonly mailed: boolean;
  readonly invitedBy: string;
  readonly expiresAt: Date;
}

/** Rows of `control.projects`; every change is announced when the transaction commits. */
export interface ProjectRows {
  /** Nobody else changes it until the transaction ends. */
  lock(ref: string): Promise<ProjectRecord | null>;
  find(ref: string): Promise<ProjectRecord | null>;
  /** Those an account may see, the oldest first. */
  ofAccount(accountId: string): Promise<readonly ProjectRecord[]>;
  /** @returns False when the ref is taken. */
  insert(project: NewProject): Promise<boolean>;
  change(ref: string, changes: ProjectChanges): Promise<void>;
  /** Says where its database is: for people, and sealed. */
  place(ref: string, placement: { readonly server: string; readonly sealed: Buffer }): Promise<void>;
  /** Null when it lives on the server of the control database. */
  sealedPlacement(ref: string): Promise<Buffer | null>;
  /** Those whose status asks for work. */
  unfinished(): Promise<readonly string[]>;
  /** Deleted ones, and until when they can be restored. */
  deleted(): Promise<readonly { readonly ref: string; readonly deleteAfter: Date }[]>;
  addSettings(ref: string, version: number, settings: unknown, changedBy: string): Promise<void>;
  settingsHistory(ref: string): Promise<readonly SettingsChange[]>;
}

export interface NewProject {
  readonly ref: string;
  readonly name: string;
  readonly organisationId: string | null;
  readonly status: 'creating' | 'cloning';
  readonly clonedFrom: string | null;
  readonly settings: unknown;
}

/** Absent members stay as they are. */
export interface ProjectChanges {
  readonly name?: string;
  readonly status?: ProjectRecord['status'];
  /** Null unless the status becomes `deleted`. */
  readonly deleteAfter?: Date;
  readonly settings?: unknown;
  readonly settingsVersion?: number;
  readonly dropDatabase?: boolean;
}

export interface SettingsChange {
  readonly version: number;
  readonly settings: unknown;
  readonly changed_by: string;
  readonly changed_at: Date;
}

export interface ApiKey {
  readonly id: string;
  readonly kind: 'publishable' | 'secret';
  readonly name: string;
  readonly hint: string;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
}

export interface ApiKeyStore {
  list(ref: string): Promise<readonly ApiKey[]>;
  insert(ref: string, key: NewKey & { readonly kind: ApiKey['kind'] }, createdBy: string): Promise<ApiKey>;
  /** @returns Null when there is no such key in force. */
  revoke(ref: string, id: string): Promise<ApiKey | null>;
}

export interface NewKey {
  readonly name: string;
  readonly digest: Buffer;
  readonly hint: string;
}

export interface PersonalToken {
  readonly id: string;
  readonly account_id: string;
  readonly name: string;
  readonly hint: string;
  readonly scopes: readonly Scope[];
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
}

export interface TokenStore {
  list(accountId: string): Promise<readonly PersonalToken[]>;
  insert(
    accountId: string,
    token: NewKey & { readonly scopes: readonly Scope[]; readonly expiresAt: Date },
  ): Promise<PersonalToken>;
  /** @returns False when the account has no such token in force. */
  revoke(accountId: string, id: string): Promise<boolean>;
  /** In force now; notes its use once a minute. */
  use(digest: Buffer): Promise<PersonalToken | null>;
}

export interface SecretName {
  readonly name: string;
  readonly version: number;
  readonly updated_at: Date;
}

export interface SealedSecret {
  readonly name: string;
  readonly sealed: Buffer;
}

export interface DataKey {
  readonly wrapped: Buffer;
  /** Id of the master key it is wrapped with. */
  readonly masterKey: string;
}

export interface SecretStore {
  list(ref: string): Promise<readonly SecretName[]>;
  put(ref: string, secret: SealedSecret, updatedBy: string): Promise<SecretName>;
  remove(ref: string, name: string): Promise<boolean>;
  sealed(ref: string): Promise<readonly SealedSecret[]>;
  dataKey(ref: string): Promise<DataKey | null>;
  /** @returns The one that is there now; another may have been first. */
  addDataKey(ref: string, key: DataKey): Promise<DataKey>;
  /** Nobody adds or changes one until the transaction ends. */
  lockDataKeys(): Promise<readonly (DataKey & { readonly ref: string })[]>;
  rewrap(ref: string, key: DataKey): Promise<void>;
}

export interface UsageRow {
  readonly project_ref: string;
  readonly service: string;
  readonly at: Date;
  readonly requests: number;
  readonly failures: number;
  readonly bytes: number;
  readonly seconds: number;
}

export interface UsageStore {
  /** By hour or day, the oldest first. */
  read(ref: string, from: Date, to: Date, unit: 'hour' | 'day'): Promise<readonly UsageRow[]>;
}

export interface AuditEntry {
  readonly action: string;
  readonly organisationId: string | null;
  readonly projectRef: string | null;
  readonly target: string | null;
  /** Holds nothing secret. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditRecord {
  readonly seq: string;
  readonly at: Date;
  readonly action: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly actor_name: string;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly project_ref: string | null;
  readonly target: string | null;
  readonly detail: unknown;
}

export interface AuditFilter {
  readonly action: string | null;
  readonly projectRef: string | null;
  readonly actorId: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
  /** Only entries before this one. */
  readonly before: string | null;
  readonly limit: number;
}

export interface AuditStore {
  add(entry: AuditEntry, by: AuditAuthor): Promise<void>;
  /** The newest first. */
  read(organisationId: string, filter: AuditFilter): Promise<readonly AuditRecord[]>;
}

export interface AuditAuthor {
  readonly kind: 'account' | 'token' | 'setup' | 'system';
  readonly id: string | null;
  readonly name: string;
  readonly address: string | null;
  readonly requestId: string | null;
}

/** How somebody looks at a table. */
export interface TableView {
  readonly id: string;
  readonly schema: string;
  readonly table: string;
  readonly account_id: string;
  readonly name: string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly shared: boolean;
  readonly is_default: boolean;
  readonly version: number;
  readonly updated_at: Date;
}

export interface TableViewStore {
  /** The shared ones and those of the account. */
  list(
    ref: string,
    table: { readonly schema: string; readonly table: string },
    accountId: string,
  ): Promise<readonly TableView[]>;
  /** Nobody else changes it until the transaction ends. */
  find(ref: string, id: string): Promise<TableView | null>;
  add(
    ref: string,
    view: Pick<TableView, 'schema' | 'table' | 'name' | 'shared' | 'definition'>,
    accountId: string,
  ): Promise<TableView>;
  change(
    id: string,
    view: Pick<TableView, 'name' | 'shared' | 'definition'> & { readonly isDefault: boolean },
  ): Promise<TableView>;
  /** Whichever view of the same table is the default is it no more. */
  dropDefault(ref: string, id: string): Promise<void>;
  remove(id: string): Promise<void>;
}
