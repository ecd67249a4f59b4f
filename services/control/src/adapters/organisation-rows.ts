import { must } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import type { Invitation, Member, Organisation, OrganisationStore } from '../application/stores.ts';
import type { Role } from '../domain/roles.ts';

type Row<Value> = Value & Record<string, unknown>;

const COLUMNS = 'id, slug, name, created_at';
const INVITATION =
  'id, organisation_id, project_ref, email, role, mailed, invited_by, created_at, expires_at, accepted_at';

export function createOrganisationRows(tx: Transaction): OrganisationStore {
  const roleBy = async (text: string, values: readonly unknown[]): Promise<Role | null> => {
    const { rows } = await tx.query<{ role: Role }>(text, values);
    return rows[0]?.role ?? null;
  };
  const membersBy = async (text: string, value: string): Promise<readonly Member[]> =>
    (await tx.query<Row<Member>>(text, [value])).rows;

  return {
    async insert(slug, name) {
      const text = `insert into control.organisations (slug, name) values ($1, $2)
        on conflict do nothing returning ${COLUMNS}`;
      return (await tx.query<Row<Organisation>>(text, [slug, name])).rows[0] ?? null;
    },
    async find(id) {
      const text = `select ${COLUMNS} from control.organisations where id = $1`;
      return (await tx.query<Row<Organisation>>(text, [id])).rows[0] ?? null;
    },
    async ofAccount(accountId) {
      const text = `select o.id, o.slug, o.name, o.created_at, m.role
        from control.organisations o join control.members m on m.organisation_id = o.id
        where m.account_id = $1 order by o.created_at, o.id`;
      return (await tx.query<Row<Organisation & { readonly role: Role }>>(text, [accountId])).rows;
    },
    async rename(id, name) {
      await tx.query('update control.organisations set name = $2 where id = $1', [id, name]);
    },
    async adoptProjects(id) {
      await tx.query('update control.projects set organisation_id = $1 where organisation_id is null', [id]);
    },
    role: (id, accountId) =>
      roleBy('select role from control.members where organisation_id = $1 and account_id = $2', [id, accountId]),
    members: (id) =>
      membersBy(
        `select m.account_id, a.email, m.role, m.created_at from control.members m
           join control.accounts a on a.id = m.account_id
          where m.organisation_id = $1 order by m.created_at, m.account_id`,
        id,
      ),
    async setRole(id, accountId, role) {
      const text = `insert into control.members (organisation_id, account_id, role) values ($1, $2, $3)
        on conflict (organisation_id, account_id) do update set role = excluded.role`;
      await tx.query(text, [id, accountId, role]);
    },
    async removeMember(id, accountId) {
      await tx.query('delete from control.members where organisation_id = $1 and account_id = $2', [id, accountId]);
      const text = `delete from control.project_members where account_id = $2
        and project_ref in (select ref from control.projects where organisation_id = $1)`;
      await tx.query(text, [id, accountId]);
    },
    async lockOwners(id) {
      await tx.query('select from control.organisations where id = $1 for update', [id]);
      const text = `select from control.members where organisation_id = $1 and role = 'owner'`;
      return (await tx.query(text, [id])).rowCount;
    },
    projectRole: (ref, accountId) =>
      roleBy('select role from control.project_members where project_ref = $1 and account_id = $2', [ref, accountId]),
    projectMembers: (ref) =>
      membersBy(
        `select m.account_id, a.email, m.role, m.created_at from control.project_members m
           join control.accounts a on a.id = m.account_id
          where m.project_ref = $1 order by m.created_at, m.account_id`,
        ref,
      ),
    async setProjectRole(ref, accountId, role) {
      const text = `insert into control.project_members (project_ref, account_id, role) values ($1, $2, $3)
        on conflict (project_ref, account_id) do update set role = excluded.role`;
      await tx.query(text, [ref, accountId, role]);
    },
    async removeProjectMember(ref, accountId) {
      const text = 'delete from control.project_members where project_ref = $1 and account_id = $2';
      return (await tx.query(text, [ref, accountId])).rowCount > 0;
    },
    async addInvitation({ organisationId, projectRef, email, role, tokenHash, mailed, invitedBy, expiresAt }) {
      // An open invitation to the same is replaced: its link is worth nothing any more.
      const replaced = `delete from control.invitations where organisation_id = $1 and lower(email) = lower($2)
        and project_ref is not distinct from $3 and accepted_at is null`;
      await tx.query(replaced, [organisationId, email, projectRef]);
      const text = `insert into control.invitations
        (organisation_id, project_ref, email, role, token_hash, mailed, invited_by, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${INVITATION}`;
      const values = [organisationId, projectRef, email, role, tokenHash, mailed, invitedBy, expiresAt];
      return must((await tx.query<Row<Invitation>>(text, values)).rows[0], 'the invitation just made');
    },
    async invitations(id) {
      const text = `select ${INVITATION} from control.invitations
        where organisation_id = $1 and accepted_at is null and expires_at > now()
        order by created_at desc, id limit 1000`;
      return (await tx.query<Row<Invitation>>(text, [id])).rows;
    },
    async removeInvitation(id, invitationId) {
      const text = `delete from control.invitations where organisation_id = $1 and id = $2 and accepted_at is null
        returning ${INVITATION}`;
      return (await tx.query<Row<Invitation>>(text, [id, invitationId])).rows[0] ?? null;
    },
    async lockInvitation(tokenHash) {
      const text = `select ${INVITATION} from control.invitations where token_hash = $1 and expires_at > now()
        for update`;
      return (await tx.query<Row<Invitation>>(text, [tokenHash])).rows[0] ?? null;
    },
    async acceptInvitation(id, accountId) {
      await tx.query('update control.invitations set accepted_at = now(), accepted_by = $2 where id = $1', [
        id,
        accountId,
      ]);
    },
  };
}
