import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { must } from '@ashlar/kernel';
import { identityErrors } from '../../domain/identity-errors.ts';
import {
  addressSkeleton,
  type Grant,
  INVITATION_HOURS,
  type Invitation,
  type Member,
  type Organisation,
} from '../../domain/organisation.ts';
import { redirectTarget } from '../../domain/redirect-target.ts';
import { auditEntry, SERVICE_ACTOR } from '../audit-entry.ts';
import { authenticate } from '../authenticate.ts';
import { canSendMail } from '../mail-availability.ts';
import type { Stores } from '../stores.ts';
import { report, type IdentityParts, type Visit } from '../visit.ts';
import { grantableRole, refuseUnknownPlaces } from './manage-members.ts';
import { actorIn, type OrganisationCaller } from './organisation-actor.ts';

const PEOPLE = 'identity.people';
const HOUR_MS = 3_600_000;
/** 192 bits. */
const TOKEN_BYTES = 24;

export interface InvitationInput {
  readonly email: string;
  readonly grants: readonly Grant[];
  readonly redirectTo: string;
}

export interface InvitationMade {
  readonly invitation: Invitation;
  /** The members' addresses that look like the invited one. */
  readonly lookAlikes: readonly string[];
}

/**
 * Invites an address by mail; an open invitation to it is replaced.
 *
 * @throws {AshlarError} those of `actorIn`, `identity.already_member`, `identity.member_disabled`,
 *   `identity.role_unknown`, `identity.role_escalation`, `identity.scope_unknown`, `identity.seat_limit`.
 */
export async function invite(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  organisationId: string,
  { email, grants, redirectTo }: InvitationInput,
): Promise<InvitationMade> {
  const at = parts.now();
  if (!canSendMail(parts, visit)) throw identityErrors.featureDisabled({ detail: 'This server does not send mail' });
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const made = await parts.inTransaction(visit, async (stores) => {
    const actor = await actorIn(stores, caller, organisationId, PEOPLE, at, 'lock');
    const members = await stores.organisations.members(organisationId);
    refuseMember(members, email);
    refuseFull(actor.organisation, members);
    for (const { role, scope } of grants) {
      await grantableRole(stores, actor, role, scope);
      await refuseUnknownPlaces(stores, organisationId, scope);
    }
    const expiresAt = new Date(at.getTime() + INVITATION_HOURS * HOUR_MS);
    const id = randomUUID();
    const tokenHash = hashInvitation(token);
    await stores.organisations.invite(organisationId, {
      id,
      email,
      grants,
      tokenHash,
      invitedBy: actor.userId,
      at,
      expiresAt,
    });
    await stores.outbox.add(mail(visit, actor.organisation, email, token, redirectTo, expiresAt), at);
    const name = { ...SERVICE_ACTOR, ...(actor.userId === null ? {} : { id: actor.userId }) };
    await stores.audit(auditEntry('member_invited', name, visit.client.address, at, { org_id: organisationId, email }));
    const invitations = await stores.organisations.invitations(organisationId);
    const skeleton = addressSkeleton(email);
    return {
      invitation: must(
        invitations.find((one) => one.id === id),
        'the invitation just made',
      ),
      lookAlikes: members.flatMap((member) =>
        member.email !== null && addressSkeleton(member.email) === skeleton ? [member.email] : [],
      ),
    };
  });
  report(parts, visit, 'member-invited', null);
  return made;
}

export interface Acceptance {
  readonly organisation: Organisation;
  readonly memberId: string;
}

/**
 * Makes the bearer a member. Accepting twice answers the same; somebody else's invitation is no invitation.
 *
 * @throws {AshlarError} those of `authenticate`, `identity.invitation_not_found`, `identity.invitation_expired`,
 *   `identity.email_mismatch`, `identity.member_disabled`, `identity.seat_limit`, `identity.organisation_inactive`.
 */
export async function acceptInvitation(
  parts: IdentityParts,
  visit: Visit,
  caller: Extract<OrganisationCaller, { kind: 'user' }>,
  token: string,
): Promise<Acceptance> {
  const at = parts.now();
  const accepted = await parts.inTransaction(visit, async (stores) => {
    const user = await authenticate(stores, caller.bearer, at);
    const found = await stores.organisations.findInvitation(hashInvitation(token));
    if (found === null || found.invitation.revokedAt !== null) throw identityErrors.invitationNotFound();
    const { organisation, invitation } = found;
    if (user.email?.toLowerCase() !== invitation.email.toLowerCase() || user.emailConfirmedAt === null) {
      throw identityErrors.emailMismatch();
    }
    const member = await stores.organisations.memberOf(organisation.id, user.id);
    if (invitation.acceptedAt !== null) {
      if (invitation.acceptedBy !== user.id || member === null) throw identityErrors.invitationNotFound();
      return { organisation, memberId: member.id };
    }
    if (invitation.expiresAt <= at) throw identityErrors.invitationExpired();
    if (organisation.status !== 'active') throw identityErrors.organisationInactive({ status: organisation.status });
    if (member?.status === 'disabled') throw identityErrors.memberDisabled();
    if (member === null) refuseFull(organisation, await stores.organisations.members(organisation.id));
    const memberId =
      member?.id ?? must(await stores.organisations.addMember(organisation.id, user.id, at), 'the new member');
    await giveRoles(stores, organisation.id, memberId, invitation, at);
    await stores.organisations.markAccepted(invitation.id, user.id, at);
    const traits = { org_id: organisation.id, invitation_id: invitation.id };
    await stores.audit(auditEntry('invitation_accepted', user, visit.client.address, at, traits));
    return { organisation, memberId };
  });
  report(parts, visit, 'invitation-accepted', caller.bearer.userId);
  return accepted;
}

/** @throws {AshlarError} those of `actorIn`, `identity.invitation_not_found`. */
export async function revokeInvitation(
  parts: IdentityParts,
  visit: Visit,
  caller: OrganisationCaller,
  organisationId: string,
  invitationId: string,
): Promise<void> {
  const at = parts.now();
  await parts.inTransaction(visit, async (stores) => {
    const { userId } = await actorIn(stores, caller, organisationId, PEOPLE, at, 'lock');
    const revoked = await stores.organisations.revokeInvitation(organisationId, invitationId, at);
    if (!revoked) throw identityErrors.invitationNotFound();
    const name = { ...SERVICE_ACTOR, ...(userId === null ? {} : { id: userId }) };
    const traits = { org_id: organisationId, invitation_id: invitationId };
    await stores.audit(auditEntry('invitation_revoked', name, visit.client.address, at, traits));
  });
}

/** A role removed since the invitation is not given; the others are. */
async function giveRoles(
  stores: Stores,
  id: string,
  memberId: string,
  invitation: Invitation,
  at: Date,
): Promise<void> {
  const roles = await stores.organisations.roles(id);
  for (const { role: key, scope } of invitation.grants) {
    const role = roles.find((one) => one.key === key);
    if (role === undefined) continue;
    const grant = { memberId, roleId: role.id, scope, validUntil: null, grantedBy: invitation.invitedBy, at };
    await stores.organisations.assign(id, grant);
  }
}

function refuseMember(members: readonly Member[], email: string): void {
  const member = members.find((one) => one.email?.toLowerCase() === email.toLowerCase());
  if (member === undefined) return;
  throw member.status === 'disabled' ? identityErrors.memberDisabled() : identityErrors.alreadyMember({ email });
}

function refuseFull({ seatLimit }: Organisation, members: readonly Member[]): void {
  if (seatLimit === null) return;
  const taken = members.filter(({ status }) => status === 'active').length;
  if (taken >= seatLimit) throw identityErrors.seatLimit({ seats: seatLimit });
}

function mail(
  visit: Visit,
  organisation: Organisation,
  email: string,
  token: string,
  wanted: string,
  expiresAt: Date,
): Parameters<Stores['outbox']['add']>[0] {
  const target = new URL(redirectTarget(visit.settings, wanted));
  target.searchParams.set('invitation', token);
  return {
    kind: 'mail',
    template: 'organisation_invite',
    to: email,
    userId: null,
    locale: organisation.defaultLocale,
    expiresAt: expiresAt.toISOString(),
    data: {
      token,
      confirmationUrl: target.toString(),
      siteUrl: visit.settings.general.siteUrl,
      redirectTo: target.toString(),
      email,
      metadata: {},
      facts: {
        organisation:
          organisation.name[organisation.defaultLocale] ?? Object.values(organisation.name)[0] ?? organisation.slug,
        expires: `${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      },
    },
  };
}

function hashInvitation(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
