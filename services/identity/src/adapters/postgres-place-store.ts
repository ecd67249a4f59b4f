import type { Transaction } from '@ashlar/postgres';
import type { Branch, BranchInput, PlaceStore, Team } from '../application/place-store.ts';

type BranchRow = Omit<Branch, 'costCentre' | 'archivedAt'> & {
  readonly cost_centre: string | null;
  readonly archived_at: Date | null;
};

export function createPostgresPlaceStore(tx: Transaction): PlaceStore {
  const affectsOne = async (text: string, values: readonly unknown[]): Promise<boolean> =>
    (await tx.query(text, values)).rowCount === 1;
  const idOf = async (text: string, values: readonly unknown[]): Promise<string | null> =>
    (await tx.query<{ id: string }>(text, values)).rows[0]?.id ?? null;

  return {
    async branches(id) {
      const { rows } = await tx.query<BranchRow>(
        `select id, code, name, address, timezone, cost_centre, archived_at, version from auth.branches
         where org_id = $1 order by code limit 2000`,
        [id],
      );
      return rows.map(({ cost_centre: costCentre, archived_at: archivedAt, ...row }) => ({
        ...row,
        costCentre,
        archivedAt,
      }));
    },

    addBranch(id, input, at) {
      return idOf(
        `insert into auth.branches (org_id, code, name, address, timezone, cost_centre, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict (org_id, code) do nothing returning id`,
        [id, ...branchValues(input), at],
      );
    },

    async updateBranch(id, branchId, input, at) {
      const taken = await tx.query('select from auth.branches where org_id = $1 and code = $2 and id <> $3', [
        id,
        input.code,
        branchId,
      ]);
      if (taken.rowCount > 0) return 'taken';
      const updated = await affectsOne(
        `update auth.branches set code = $3, name = $4, address = $5, timezone = $6, cost_centre = $7,
           version = version + 1, updated_at = $8
         where org_id = $1 and id = $2`,
        [id, branchId, ...branchValues(input), at],
      );
      return updated ? 'updated' : 'unknown';
    },

    archiveBranch(id, branchId, at) {
      return affectsOne(
        'update auth.branches set archived_at = $3, updated_at = $3 where org_id = $1 and id = $2 and archived_at is null',
        [id, branchId, at],
      );
    },

    async teams(id) {
      const { rows } = await tx.query<{ id: string; name: string; member_ids: string[] }>(
        `select t.id, t.name, array(select m.membership_id::text from auth.team_members m where m.team_id = t.id order by 1) as member_ids
         from auth.teams t where t.org_id = $1 order by lower(t.name) limit 1000`,
        [id],
      );
      return rows.map(({ member_ids: memberIds, ...row }): Team => ({ ...row, memberIds }));
    },

    addTeam(id, name, at) {
      return idOf(
        `insert into auth.teams (org_id, name, created_at, updated_at) values ($1, $2, $3, $3)
         on conflict (org_id, lower(name)) do nothing returning id`,
        [id, name, at],
      );
    },

    removeTeam: (id, teamId) => affectsOne('delete from auth.teams where org_id = $1 and id = $2', [id, teamId]),

    async setTeamMembers(id, teamId, memberIds) {
      const found = await tx.query('select from auth.teams where org_id = $1 and id = $2 for update', [id, teamId]);
      if (found.rowCount === 0) return false;
      await tx.query('delete from auth.team_members where team_id = $1', [teamId]);
      await tx.query(
        `insert into auth.team_members (org_id, team_id, membership_id)
         select $1, $2, m.id from auth.memberships m where m.org_id = $1 and m.id = any ($3::uuid[])`,
        [id, teamId, memberIds],
      );
      return true;
    },
  };
}

function branchValues({ code, name, address, timezone, costCentre }: BranchInput): readonly unknown[] {
  return [code, JSON.stringify(name), JSON.stringify(address), timezone, costCentre];
}
