import type { Branch, Team } from '../../application/place-store.ts';
import type { Assignment, Invitation, Member, Organisation, OrganisationRole } from '../../domain/organisation.ts';

type Document = Readonly<Record<string, unknown>>;

export function renderOrganisation(organisation: Organisation): Document {
  return {
    id: organisation.id,
    slug: organisation.slug,
    name: organisation.name,
    country: organisation.country,
    base_currency: organisation.baseCurrency,
    timezone: organisation.timezone,
    fiscal_year_start: organisation.fiscalYearStart,
    default_locale: organisation.defaultLocale,
    tax_no: organisation.taxNo,
    status: organisation.status,
    seat_limit: organisation.seatLimit,
    version: organisation.version,
    created_at: organisation.createdAt.toISOString(),
  };
}

export function renderMember(member: Member): Document {
  return {
    id: member.id,
    user_id: member.userId,
    email: member.email,
    name: member.name,
    status: member.status,
    joined_at: member.joinedAt.toISOString(),
    last_sign_in_at: member.lastSignInAt?.toISOString() ?? null,
    roles: member.assignments.map(renderAssignment),
  };
}

function renderAssignment({ id, roleKey, scope, validUntil }: Assignment): Document {
  return { id, role: roleKey, scope, valid_until: validUntil?.toISOString() ?? null };
}

export function renderRole({ id, key, name, permissions, denials, system, version }: OrganisationRole): Document {
  return { id, key, name, permissions, denials, system, version };
}

/** The token is in the mail and nowhere else. */
export function renderInvitation(invitation: Invitation): Document {
  return {
    id: invitation.id,
    email: invitation.email,
    grants: invitation.grants,
    invited_by: invitation.invitedBy,
    created_at: invitation.createdAt.toISOString(),
    expires_at: invitation.expiresAt.toISOString(),
    accepted_at: invitation.acceptedAt?.toISOString() ?? null,
    revoked_at: invitation.revokedAt?.toISOString() ?? null,
  };
}

export function renderBranch({ id, code, name, address, timezone, costCentre, archivedAt, version }: Branch): Document {
  return {
    id,
    code,
    name,
    address,
    timezone,
    cost_centre: costCentre,
    archived_at: archivedAt?.toISOString() ?? null,
    version,
  };
}

export function renderTeam({ id, name, memberIds }: Team): Document {
  return { id, name, members: memberIds };
}
