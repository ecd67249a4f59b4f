import type { Transaction } from '@ashlar/postgres';
import type { AdminRecords, SessionRecord, TrailEntry } from '../application/admin-records.ts';

type Row<Record> = Omit<Record, `${string}_at` | 'not_after'> & {
  readonly [Name in Extract<keyof Record, `${string}_at` | 'not_after'>]: Date | null;
};

/** Beyond it the total is not counted on: a trail has millions of rows, and nobody turns a thousand pages. */
const MAX_COUNTED = 100_000;

export function createPostgresAdminRecords(tx: Transaction): AdminRecords {
  return {
    async trail({ action, userId, from, to }, { offset, limit }) {
      const values = [action ?? null, userId ?? null, from ?? null, to ?? null];
      const [page, counted] = await Promise.all([
        tx.query<Row<TrailEntry>>(`${TRAIL} order by created_at desc, id limit $5 offset $6`, [
          ...values,
          limit,
          offset,
        ]),
        tx.query<{ total: number }>(`select count(*)::int as total from (${TRAIL} limit $5) matching`, [
          ...values,
          MAX_COUNTED,
        ]),
      ]);
      return {
        entries: page.rows.map((row) => ({ ...row, created_at: instant(row.created_at) ?? '' })),
        total: counted.rows[0]?.total ?? 0,
      };
    },

    async sessionsOf(userId) {
      const { rows } = await tx.query<Row<SessionRecord>>(SESSIONS, [userId]);
      return rows.map((row) => ({
        ...row,
        created_at: instant(row.created_at) ?? '',
        refreshed_at: instant(row.refreshed_at),
        not_after: instant(row.not_after),
      }));
    },

    async sweepSessions(now, idleSince, atMost) {
      await tx.query(
        `delete from auth.sessions where id in (
           select id from auth.sessions
           where not_after < $1 or coalesce(refreshed_at at time zone 'utc', created_at) < $2
           order by id limit $3 for update skip locked)`,
        [now, idleSince, atMost],
      );
    },

    async sweepTrail(before, atMost) {
      await tx.query('select auth.sweep_audit_log($1, $2)', [before, atMost]);
    },
  };
}

const TRAIL = `
  select id, payload, created_at, ip_address from auth.audit_log_entries
  where ($1::text is null or payload ->> 'action' = $1)
    and ($2::text is null or payload ->> 'actor_id' = $2 or payload -> 'traits' ->> 'user_id' = $2)
    and ($3::timestamptz is null or created_at >= $3) and ($4::timestamptz is null or created_at < $4)`;

const SESSIONS = `
  select s.id, s.user_id, coalesce(s.aal, 'aal1')::text as aal,
    array(select m.authentication_method from auth.mfa_amr_claims m where m.session_id = s.id order by m.created_at desc) as methods,
    s.created_at, s.refreshed_at at time zone 'utc' as refreshed_at, s.not_after, s.user_agent, host(s.ip) as ip,
    i.actor as impersonated_by
  from auth.sessions s left join auth.impersonations i on i.session_id = s.id
  where s.user_id = $1
  order by s.created_at desc, s.id
  limit 500`;

function instant(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
