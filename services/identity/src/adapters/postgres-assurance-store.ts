import type { Transaction } from '@ashlar/postgres';
import type { AssuranceStore } from '../application/assurance-store.ts';
import type { AssuranceLevel } from '../domain/session.ts';

type SessionRow = {
  readonly id: string;
  readonly aal: AssuranceLevel | null;
  readonly active_hash: string | null;
  readonly methods: readonly { readonly method: string; readonly at: string }[];
};

export function createPostgresAssuranceStore(tx: Transaction): AssuranceStore {
  return {
    async lockSessions(userId, sessionId) {
      // A statement of its own after the lock: it must see what its holder before us committed.
      const [, { rows }] = await Promise.all([
        tx.query('select from auth.sessions where user_id = $1 order by id for update', [userId]),
        tx.query<SessionRow>(READ_SESSION, [sessionId, userId]),
      ]);
      const [row] = rows;
      if (row === undefined) return null;
      return {
        id: row.id,
        userId,
        assuranceLevel: row.aal ?? 'aal1',
        methods: row.methods.map(({ method, at }) => ({ method, at: new Date(at) })),
        activeTokenHash: row.active_hash,
      };
    },

    async level(sessionId, userId) {
      const { rows } = await tx.query<{ aal: AssuranceLevel | null }>(
        'select aal from auth.sessions where id = $1 and user_id = $2',
        [sessionId, userId],
      );
      return rows[0] === undefined ? null : (rows[0].aal ?? 'aal1');
    },

    async raise(sessionId, factorId, method, at) {
      await Promise.all([
        tx.query(`update auth.sessions set aal = 'aal2', factor_id = $2, updated_at = $3 where id = $1`, [
          sessionId,
          factorId,
          at,
        ]),
        tx.query(
          `insert into auth.mfa_amr_claims (session_id, authentication_method, created_at, updated_at)
           values ($1, $2, $3, $3)
           on conflict (session_id, authentication_method) do update set updated_at = excluded.updated_at`,
          [sessionId, method, at],
        ),
      ]);
    },

    async endUnproven(userId) {
      await tx.query(`delete from auth.sessions where user_id = $1 and coalesce(aal, 'aal1') = 'aal1'`, [userId]);
    },

    async lower(userId, factorId, method, at) {
      await tx.query(
        `with lowered as (
           update auth.sessions set aal = 'aal1', factor_id = null, updated_at = $4
           where user_id = $1 and factor_id = $2 returning id
         )
         delete from auth.mfa_amr_claims where authentication_method = $3 and session_id in (select id from lowered)`,
        [userId, factorId, method, at],
      );
    },
  };
}

// The newest token that is not revoked is the active one; restored or hand-made rows may hold more.
const READ_SESSION = `
  select s.id, s.aal,
    (select t.token from auth.refresh_tokens t
      where t.session_id = s.id and t.revoked is not true order by t.id desc limit 1) as active_hash,
    (select coalesce(jsonb_agg(jsonb_build_object('method', c.authentication_method, 'at', c.updated_at)
        order by c.updated_at desc, c.authentication_method), '[]')
      from auth.mfa_amr_claims c where c.session_id = s.id) as methods
  from auth.sessions s
  where s.id = $1 and s.user_id = $2`;
