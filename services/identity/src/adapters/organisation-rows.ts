import type { Assignment, Invitation, Member, Organisation, OrganisationRole, Texts } from '../domain/organisation.ts';
import type { Scope } from '../domain/permissions.ts';

// Types, not interfaces, because rows must be records.

export type OrganisationRow = {
  readonly id: string;
  readonly slug: string;
  readonly name: Texts;
  readonly country: string | null;
  readonly base_currency: string;
  readonly timezone: string;
  readonly fiscal_year_start: number;
  readonly default_locale: string;
  readonly tax_no: string | null;
  readonly status: Organisation['status'];
  readonly seat_limit: number | null;
  readonly version: number;
  readonly created_at: Date;
};

export function toOrganisation(row: OrganisationRow): Organisation {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    country: row.country,
    baseCurrency: row.base_currency,
    timezone: row.timezone,
    fiscalYearStart: row.fiscal_year_start,
    defaultLocale: row.default_locale,
    taxNo: row.tax_no,
    status: row.status,
    seatLimit: row.seat_limit,
    version: row.version,
    createdAt: row.created_at,
  };
}

type AssignmentJson = {
  readonly id: string;
  readonly role_id: string;
  readonly role_key: string;
  readonly scope: Scope;
  readonly valid_until: string | null;
  readonly permissions: readonly string[];
  readonly denials: readonly string[];
};

export type MemberRow = {
  readonly id: string;
  readonly user_id: string;
  readonly status: Member['status'];
  readonly created_at: Date;
  readonly email: string | null;
  readonly name: string | null;
  readonly last_sign_in_at: Date | null;
  readonly assignments: readonly AssignmentJson[];
};

export function toMember(row: MemberRow): Member {
  return {
    id: row.id,
    userId: row.user_id,
    email: row.email,
    name: row.name,
    status: row.status,
    joinedAt: row.created_at,
    lastSignInAt: row.last_sign_in_at,
    assignments: row.assignments.map(toAssignment),
  };
}

function toAssignment(json: AssignmentJson): Assignment {
  return {
    id: json.id,
    roleId: json.role_id,
    roleKey: json.role_key,
    scope: json.scope,
    validUntil: json.valid_until === null ? null : new Date(json.valid_until),
    permissions: json.permissions,
    denials: json.denials,
  };
}

export type RoleRow = {
  readonly id: string;
  readonly key: string;
  readonly name: Texts;
  readonly permissions: readonly string[];
  readonly denials: readonly string[];
  readonly system: boolean;
  readonly version: number;
};

export function toRole({ id, key, name, permissions, denials, system, version }: RoleRow): OrganisationRole {
  return { id, key, name, permissions, denials, system, version };
}

export type InvitationRow = {
  readonly id: string;
  readonly email: string;
  readonly grants: Invitation['grants'];
  readonly invited_by: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly accepted_at: Date | null;
  readonly accepted_by: string | null;
  readonly revoked_at: Date | null;
};

export function toInvitation(row: InvitationRow): Invitation {
  return {
    id: row.id,
    email: row.email,
    grants: row.grants,
    invitedBy: row.invited_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    acceptedAt: row.accepted_at,
    acceptedBy: row.accepted_by,
    revokedAt: row.revoked_at,
  };
}
