import { controlErrors } from '../control-errors.ts';
import { higherRole, isAtLeast, type Role, ruleOf } from '../domain/roles.ts';
import { type Actor, inOrganisation, inProject, refuseHigher } from './authorise.ts';
import type { ControlParts } from './control-parts.ts';
import type { Account, AuditAuthor, Invitation, Stores } from './stores.ts';
import { digestOf, newToken } from './tokens.ts';

/** Open ones of an organisation. */
const MAX_INVITATIONS = 500;
const INVITATION_LIFE_MS = 72 * 3_600_000;

export interface InvitationInput {
  readonly email: string;
  readonly role: Role;
  /** Into this project alone. */
  readonly projectRef: string | null;
  /** Opened in a browser it shows the invitation of a token. */
  readonly urlOf: (token: string) => string;
}

export interface MadeInvitation {
  readonly invitation: Invitation;
  /** Shown once, to who sends it on; null when it went to the mailbox alone. */
  readonly token: string | null;
}

/**
 * Invites an address; an open invitation of it to the same is replaced. Where mail leaves the house the link goes to the
 * mailbox and nobody else sees it, so that using it proves the address.
 *
 * @throws {AshlarError} those of `inOrganisation`, `control.role_too_high`, `control.project_unknown`,
 *   `control.already_member`.
 */
export async function invite(
  { inTransaction, now, accounts }: ControlParts,
  actor: Actor,
  organisationId: string,
  { email, role, projectRef, urlOf }: InvitationInput,
): Promise<MadeInvitation> {
  const { token, digest } = newToken('');
  const mailed = await accounts.canMail();
  const { invitation, name } = await inTransaction(async (stores) => {
    const { role: own, organisation } = await inOrganisation(stores, actor, organisationId, 'invitation.create');
    refuseHigher(own, role);
    if (projectRef !== null) {
      const project = await stores.projects.find(projectRef);
      if (project?.organisationId !== organisationId) throw controlErrors.projectUnknown({ ref: projectRef });
    }
    await refuseMember(stores, organisationId, projectRef, email);
    const open = await stores.organisations.invitations(organisationId);
    if (open.length >= MAX_INVITATIONS) throw controlErrors.tooMany({ what: 'invitations', limit: MAX_INVITATIONS });
    const added = await stores.organisations.addInvitation({
      organisationId,
      projectRef,
      email,
      role,
      tokenHash: digest,
      mailed,
      invitedBy: actor.accountId,
      expiresAt: new Date(now().getTime() + INVITATION_LIFE_MS),
    });
    const detail = { email, role, mailed };
    const entry = { action: 'invitation.create', organisationId, projectRef, target: added.id, detail };
    await stores.audit.add(entry, actor.author);
    return { invitation: added, name: organisation.name };
  });
  if (!mailed) return { invitation, token };
  const { expires_at: expiresAt } = invitation;
  await accounts.mailInvitation({ email, organisation: name, url: urlOf(token), expiresAt });
  return { invitation, token: null };
}

/** @throws {AshlarError} `control.invitation_unknown`. */
export function revokeInvitation(
  { inTransaction }: ControlParts,
  actor: Actor,
  organisationId: string,
  id: string,
): Promise<void> {
  return inTransaction(async (stores) => {
    const { role: own } = await inOrganisation(stores, actor, organisationId, 'invitation.revoke');
    const removed = await stores.organisations.removeInvitation(organisationId, id);
    if (removed === null) throw controlErrors.invitationUnknown();
    refuseHigher(own, removed.role);
    const { email, role, project_ref: projectRef } = removed;
    const entry = { action: 'invitation.revoke', organisationId, projectRef, target: id, detail: { email, role } };
    await stores.audit.add(entry, actor.author);
  });
}

export interface AcceptInput {
  readonly token: string;
  /** Of the account to be made; null when somebody signed in accepts. */
  readonly password: string | null;
}

/**
 * Makes the invited person a member. Who has no account gets one; who has one must be signed in with it. Accepting
 * twice changes nothing more.
 *
 * @param signedIn Who asks, when somebody is signed in.
 * @throws {AshlarError} `control.invitation_unknown`, `control.invitation_address`, `control.sign_in_first`, and those
 *   of `AccountDesk`.
 */
export async function acceptInvitation(
  parts: ControlParts,
  { token, password }: AcceptInput,
  signedIn: Account | null,
  origin: Pick<AuditAuthor, 'address' | 'requestId'>,
): Promise<Invitation> {
  const digest = digestOf(token);
  const found = await parts.inTransaction((stores) => invitationOf(stores, digest));
  const account = signedIn ?? (found.accepted_at === null ? await newAccount(parts, found, password) : null);
  if (account === null) throw controlErrors.signInFirst({ email: found.email });
  if (account.email.toLowerCase() !== found.email.toLowerCase()) throw controlErrors.invitationAddress();
  return parts.inTransaction(async (stores) => {
    const { organisations, accounts, audit } = stores;
    const invitation = await invitationOf(stores, digest);
    if (invitation.accepted_at !== null) return invitation;
    await accounts.save(account);
    const { organisation_id: organisationId, project_ref: projectRef, role } = invitation;
    // Whoever became a member meanwhile loses nothing by it, the last owner least of all.
    if (projectRef === null) {
      await organisations.lockOwners(organisationId);
      const known = await organisations.role(organisationId, account.id);
      await organisations.setRole(organisationId, account.id, higherRole(known, role) ?? role);
    } else {
      const known = await organisations.projectRole(projectRef, account.id);
      await organisations.setProjectRole(projectRef, account.id, higherRole(known, role) ?? role);
    }
    await organisations.acceptInvitation(invitation.id, account.id);
    await audit.add(
      { action: 'invitation.accept', organisationId, projectRef, target: invitation.id, detail: { role } },
      { kind: 'account', id: account.id, name: account.email, ...origin },
    );
    return { ...invitation, accepted_at: parts.now() };
  });
}

/**
 * An invitation is worth what who made it may still give: somebody who was removed invites nobody any more.
 *
 * @throws {AshlarError} `control.invitation_unknown`.
 */
async function invitationOf({ organisations }: Stores, digest: Buffer): Promise<Invitation> {
  const found = await organisations.lockInvitation(digest);
  if (found === null) throw controlErrors.invitationUnknown();
  const { organisation_id: id, invited_by: inviter, role, accepted_at: acceptedAt } = found;
  if (acceptedAt !== null) return found;
  const own = await organisations.role(id, inviter);
  const mayInvite = own !== null && isAtLeast(own, ruleOf('invitation.create').least) && isAtLeast(own, role);
  if (!mayInvite) throw controlErrors.invitationUnknown();
  return found;
}

async function newAccount(
  { accounts }: ControlParts,
  { email, mailed }: Invitation,
  password: string | null,
): Promise<Account | null> {
  return password === null ? null : accounts.create({ email, password, confirmed: mailed });
}

async function refuseMember(
  { organisations }: Stores,
  organisationId: string,
  projectRef: string | null,
  email: string,
): Promise<void> {
  const members =
    projectRef === null ? await organisations.members(organisationId) : await organisations.projectMembers(projectRef);
  const isMember = members.some((member) => member.email.toLowerCase() === email.toLowerCase());
  if (isMember) throw controlErrors.alreadyMember({ email });
}

/**
 * Gives a member of the organisation, or of the project, another role in the project.
 *
 * @throws {AshlarError} those of `inProject`, `control.member_unknown`, `control.role_too_high`.
 */
export function setProjectMember(
  { inTransaction }: ControlParts,
  actor: Actor,
  ref: string,
  accountId: string,
  role: Role,
): Promise<void> {
  return inTransaction(async (stores) => {
    const { organisations, audit } = stores;
    const { project, role: own } = await inProject(stores, actor, ref, 'project-member.change');
    const { organisationId } = project;
    const before = await organisations.projectRole(ref, accountId);
    const inOwner = organisationId === null ? null : await organisations.role(organisationId, accountId);
    if (before === null && inOwner === null) throw controlErrors.memberUnknown();
    if (before !== null) refuseHigher(own, before);
    refuseHigher(own, role);
    await organisations.setProjectRole(ref, accountId, role);
    const detail = { from: before, to: role };
    const entry = { action: 'project-member.change', organisationId, projectRef: ref, target: accountId, detail };
    await audit.add(entry, actor.author);
  });
}

/** @throws as `setProjectMember`. */
export function removeProjectMember(
  { inTransaction }: ControlParts,
  actor: Actor,
  ref: string,
  accountId: string,
): Promise<void> {
  return inTransaction(async (stores) => {
    const { organisations, audit } = stores;
    const { project, role: own } = await inProject(stores, actor, ref, 'project-member.remove');
    const before = await organisations.projectRole(ref, accountId);
    if (before === null) throw controlErrors.memberUnknown();
    refuseHigher(own, before);
    await organisations.removeProjectMember(ref, accountId);
    const { organisationId } = project;
    const detail = { role: before };
    const entry = { action: 'project-member.remove', organisationId, projectRef: ref, target: accountId, detail };
    await audit.add(entry, actor.author);
  });
}
