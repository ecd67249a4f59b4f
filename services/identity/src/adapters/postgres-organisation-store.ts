import type { Transaction } from '@ashlar/postgres';
import type { OrganisationChanges, OrganisationStore } from '../application/organisation-store.ts';
import {
  type InvitationRow,
  type MemberRow,
  type OrganisationRow,
  type RoleRow,
  toInvitation,
  toMember,
  toOrganisation,
  toRole,
} from './organisation-rows.ts';

const CHANGE_COLUMNS = {
  slug: 'slug',
  name: 'name',
  country: 'country',
  baseCurrency: 'base_currency',
  timezone: 'timezone',
  fiscalYearStart: 'fiscal_year_start',
  defaultLocale: 'default_locale',
  taxNo: 'tax_no',
  status: 'status',
  seatLimit: 'seat_limit',
} as const satisfies Readonly<Record<keyof OrganisationChanges, string>>;

export function createPostgresOrganisationStore(tx: Transaction): OrganisationStore {
  const affectsOne = async (text: string, values: readonly unknown[]): Promise<boolean> =>
    (await tx.query(text, values)).rowCount === 1;
  const idOf = async (text: string, values: readonly unknown[]): Promise<string | null> =>
    (await tx.query<{ id: string }>(text, values)).rows[0]?.id ?? null;

  return {
    create({ id, slug, name, country, baseCurrency, timezone, defaultLocale, createdBy, at }) {
      return affectsOne(
        `insert into auth.organisations (id, slug, name, country, base_currency, timezone, default_locale, created_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) on conflict (slug) do nothing`,
        [id, slug, JSON.stringify(name), country, baseCurrency, timezone, defaultLocale, createdBy, at],
      );
    },

    async list(userId, { offset, limit }) {
      const { rows } =
        userId === null
          ? await tx.query<OrganisationRow>('select * from auth.organisations order by slug limit $1 offset $2', [
              limit,
              offset,
            ])
          : await tx.query<OrganisationRow>(
              `select o.* from auth.organisations o join auth.memberships m on m.org_id = o.id
               where m.user_id = $1 and m.status = 'active' order by m.created_at, o.id limit $2 offset $3`,
              [userId, limit, offset],
            );
      return rows.map(toOrganisation);
    },

    async find(id, lock) {
      const suffix = lock === 'lock' ? ' for update' : '';
      const { rows } = await tx.query<OrganisationRow>(`select * from auth.organisations where id = $1${suffix}`, [id]);
      return rows[0] === undefined ? null : toOrganisation(rows[0]);
    },

    async update(id, changes, at) {
      const columns = Object.entries(CHANGE_COLUMNS).flatMap(([member, column]) => {
        const value = changes[member as keyof OrganisationChanges];
        if (value === undefined) return [];
        return [[column, typeof value === 'object' && value !== null ? JSON.stringify(value) : value] as const];
      });
      const assignments = columns.map(([column], index) => `${column} = $${index + 3}, `).join('');
      const { rows } = await tx.query<{ updated: boolean }>(
        `with taken as (select 1 from auth.organisations where slug = $${columns.length + 3} and id <> $1),
         updated as (
           update auth.organisations set ${assignments}version = version + 1, updated_at = $2
           where id = $1 and not exists (select from taken) returning 1)
         select exists (select from updated) as updated`,
        [id, at, ...columns.map(([, value]) => value), changes.slug ?? null],
      );
      return rows[0]?.updated ?? false;
    },

    async members(id) {
      const { rows } = await tx.query<MemberRow>(
        `${SELECT_MEMBER} where m.org_id = $1 order by m.created_at, m.id limit 5000`,
        [id],
      );
      return rows.map(toMember);
    },

    async memberOf(id, userId) {
      const { rows } = await tx.query<MemberRow>(`${SELECT_MEMBER} where m.org_id = $1 and m.user_id = $2`, [
        id,
        userId,
      ]);
      return rows[0] === undefined ? null : toMember(rows[0]);
    },

    addMember(id, userId, at) {
      return idOf(
        `insert into auth.memberships (org_id, user_id, created_at, updated_at) values ($1, $2, $3, $3)
         on conflict (org_id, user_id) do nothing returning id`,
        [id, userId, at],
      );
    },

    setMemberStatus(id, memberId, status, at) {
      return affectsOne('update auth.memberships set status = $3, updated_at = $4 where org_id = $1 and id = $2', [
        id,
        memberId,
        status,
        at,
      ]);
    },

    removeMember(id, memberId) {
      return affectsOne('delete from auth.memberships where org_id = $1 and id = $2', [id, memberId]);
    },

    async permissions() {
      return (await tx.query<{ key: string; title: string }>('select key, title from auth.permissions order by key'))
        .rows;
    },

    async roles(id) {
      const { rows } = await tx.query<RoleRow>(
        'select * from auth.organisation_roles where org_id is null or org_id = $1 order by org_id nulls first, created_at, key',
        [id],
      );
      return rows.map(toRole);
    },

    addRole(id, { key, name, permissions, denials }, at) {
      return idOf(
        `insert into auth.organisation_roles (org_id, key, name, permissions, denials, created_at, updated_at)
         select $1, $2, $3, $4, $5, $6, $6
         where not exists (select from auth.organisation_roles where org_id is null and key = $2)
         on conflict (org_id, key) do nothing returning id`,
        [id, key, JSON.stringify(name), permissions, denials, at],
      );
    },

    updateRole(id, roleId, { name, permissions, denials }, at) {
      return affectsOne(
        `update auth.organisation_roles set name = $3, permissions = $4, denials = $5, version = version + 1, updated_at = $6
         where org_id = $1 and id = $2`,
        [id, roleId, JSON.stringify(name), permissions, denials, at],
      );
    },

    removeRole(id, roleId) {
      return affectsOne('delete from auth.organisation_roles where org_id = $1 and id = $2', [id, roleId]);
    },

    async assign(id, { memberId, roleId, scope, validUntil, grantedBy, at }) {
      const assigned = await idOf(
        `insert into auth.role_assignments (org_id, membership_id, role_id, scope, valid_until, granted_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (membership_id, role_id, scope) do update set valid_until = excluded.valid_until, granted_by = excluded.granted_by
         returning id`,
        [id, memberId, roleId, JSON.stringify(scope), validUntil, grantedBy, at],
      );
      return assigned ?? '';
    },

    unassign(id, memberId, assignmentId) {
      return affectsOne('delete from auth.role_assignments where org_id = $1 and membership_id = $2 and id = $3', [
        id,
        memberId,
        assignmentId,
      ]);
    },

    async invite(id, { id: invitationId, email, grants, tokenHash, invitedBy, at, expiresAt }) {
      await tx.query(
        `update auth.invitations set revoked_at = $3
         where org_id = $1 and lower(email) = lower($2) and accepted_at is null and revoked_at is null`,
        [id, email, at],
      );
      await tx.query(
        `insert into auth.invitations (id, org_id, email, grants, token_hash, invited_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [invitationId, id, email, JSON.stringify(grants), tokenHash, invitedBy, at, expiresAt],
      );
    },

    async invitations(id) {
      const { rows } = await tx.query<InvitationRow>(
        'select * from auth.invitations where org_id = $1 order by created_at desc, id limit 500',
        [id],
      );
      return rows.map(toInvitation);
    },

    async findInvitation(tokenHash) {
      const found = await tx.query<InvitationRow & { org_id: string }>(
        'select * from auth.invitations where token_hash = $1 for update',
        [tokenHash],
      );
      const [row] = found.rows;
      if (row === undefined) return null;
      const { rows } = await tx.query<OrganisationRow>('select * from auth.organisations where id = $1 for update', [
        row.org_id,
      ]);
      return rows[0] === undefined ? null : { organisation: toOrganisation(rows[0]), invitation: toInvitation(row) };
    },

    async markAccepted(invitationId, userId, at) {
      await tx.query('update auth.invitations set accepted_at = $3, accepted_by = $2 where id = $1', [
        invitationId,
        userId,
        at,
      ]);
    },

    revokeInvitation(id, invitationId, at) {
      return affectsOne(
        `update auth.invitations set revoked_at = $3
         where org_id = $1 and id = $2 and accepted_at is null and revoked_at is null`,
        [id, invitationId, at],
      );
    },

    async choose(sessionId, id) {
      await tx.query('update auth.sessions set organisation_id = $2 where id = $1', [sessionId, id]);
    },
  };
}

const SELECT_MEMBER = `
  select m.id, m.user_id, m.status, m.created_at, nullif(u.email, '') as email, u.last_sign_in_at,
    left(coalesce(u.raw_user_meta_data ->> 'full_name', u.raw_user_meta_data ->> 'name'), 200) as name,
    (select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'role_id', r.id, 'role_key', r.key, 'scope', a.scope,
        'valid_until', a.valid_until, 'permissions', r.permissions, 'denials', r.denials) order by a.created_at, a.id), '[]')
      from auth.role_assignments a join auth.organisation_roles r on r.id = a.role_id
      where a.membership_id = m.id) as assignments
  from auth.memberships m join auth.users u on u.id = m.user_id`;
