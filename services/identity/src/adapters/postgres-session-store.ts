import type { Transaction } from '@ashlar/postgres';
import type { RefreshState, SessionStore } from '../application/stores.ts';
import type { AssuranceLevel } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import { inetOrNull } from './inet.ts';
import { SELECT_USER, toUser, type UserRow } from './user-row.ts';

/** Longer user agents are cut: the column is for people to read. */
export const MAX_USER_AGENT_LENGTH = 512;

export function createPostgresSessionStore(tx: Transaction): SessionStore {
  return {
    async open(session) {
      const { client, at } = session;
      await tx.query(OPEN_SESSION, [
        session.id,
        session.userId,
        session.assuranceLevel,
        client.userAgent.slice(0, MAX_USER_AGENT_LENGTH),
        inetOrNull(client.address),
        at,
        session.refreshTokenHash,
        session.methods.map(({ method }) => method),
        session.tokenExpiresAt,
      ]);
    },

    async exists(id, userId) {
      const { rowCount } = await tx.query('select from auth.sessions where id = $1 and user_id = $2', [id, userId]);
      return rowCount === 1;
    },

    async read(id, userId) {
      const { rows } = await tx.query<SessionRow>(READ_SESSION, [id, userId]);
      const [row] = rows;
      if (row === undefined) return null;
      return {
        id,
        userId,
        assuranceLevel: row.aal ?? 'aal1',
        organisationId: row.organisation_id,
        methods: row.methods.map(({ method, at }) => ({ method, at: new Date(at) })),
      };
    },

    async lockByRefreshToken(hash) {
      // Statements of their own after the lock: they must see what its holder before us committed.
      const [, states, users] = await Promise.all([
        tx.query(LOCK_SESSION, [hash]),
        tx.query<RefreshRow>(READ_REFRESH_STATE, [hash]),
        tx.query<UserRow>(READ_HOLDER, [hash]),
      ]);
      const [state] = states.rows;
      const [user] = users.rows;
      if (state === undefined) return 'unknown';
      return state.session_id === null || user === undefined
        ? 'session-gone'
        : toRefreshState(state, state.session_id, toUser(user));
    },

    async rotate(rotation) {
      const { client, at } = rotation;
      await tx.query(ROTATE, [
        rotation.sessionId,
        rotation.userId,
        rotation.parentHash,
        rotation.refreshTokenHash,
        client.userAgent.slice(0, MAX_USER_AGENT_LENGTH),
        inetOrNull(client.address),
        at,
        rotation.tokenExpiresAt,
      ]);
    },

    async noteToken(id, tokenExpiresAt) {
      await tx.query(
        'update auth.sessions set token_expires_at = greatest(token_expires_at, $2::timestamptz) where id = $1',
        [id, tokenExpiresAt],
      );
    },

    async list(userId) {
      const { rows } = await tx.query<ListedRow>(LIST_SESSIONS, [userId]);
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.begun_at,
        usedAt: row.used_at,
        endsAt: row.not_after,
        assuranceLevel: row.aal ?? 'aal1',
        userAgent: row.user_agent ?? '',
        address: row.ip ?? '',
      }));
    },

    async endOne(id, userId) {
      const { rowCount } = await tx.query('delete from auth.sessions where id = $1 and user_id = $2', [id, userId]);
      return rowCount === 1;
    },

    async revokeFamily(sessionId, at) {
      await tx.query(
        'update auth.refresh_tokens set revoked = true, updated_at = $2 where session_id = $1 and revoked is not true',
        [sessionId, at],
      );
    },

    async end(id) {
      await tx.query('delete from auth.sessions where id = $1', [id]);
    },

    async endAll(userId, keep) {
      // Locked in one order, so that two sign-outs at once cannot wait for each other.
      await tx.query(
        `delete from auth.sessions where id in (
           select id from auth.sessions where user_id = $1 and id is distinct from $2::uuid order by id for update)`,
        [userId, keep],
      );
    },
  };
}

const OPEN_SESSION = `
  with opened as (
    insert into auth.sessions (id, user_id, aal, user_agent, ip, created_at, updated_at, token_expires_at)
    values ($1::uuid, $2::uuid, $3::auth.aal_level, $4, $5::inet, $6::timestamptz, $6::timestamptz, $9::timestamptz)
  ), token as (
    insert into auth.refresh_tokens (instance_id, token, user_id, revoked, session_id, created_at, updated_at)
    values ('00000000-0000-0000-0000-000000000000', $7, $2::uuid::text, false, $1::uuid, $6::timestamptz, $6::timestamptz)
  )
  insert into auth.mfa_amr_claims (session_id, authentication_method, created_at, updated_at)
  select $1::uuid, method, $6::timestamptz, $6::timestamptz from unnest($8::text[]) method`;

type SessionRow = Pick<RefreshRow, 'aal' | 'organisation_id' | 'methods'>;

/** How a session was proven, newest first; wants the session as `s`. */
export const METHODS = `
  (select coalesce(jsonb_agg(jsonb_build_object('method', c.authentication_method, 'at', c.updated_at)
      order by c.updated_at desc, c.authentication_method), '[]')
    from auth.mfa_amr_claims c where c.session_id = s.id) as methods`;

const READ_SESSION = `
  select s.aal, s.organisation_id, ${METHODS} from auth.sessions s where s.id = $1 and s.user_id = $2`;

const LOCK_SESSION = `
  select from auth.sessions
  where id = (select session_id from auth.refresh_tokens where token = $1)
  for update`;

type RefreshRow = {
  readonly revoked: boolean;
  readonly replaced_at: Date;
  readonly presented_hash: string;
  readonly session_id: string | null;
  readonly aal: AssuranceLevel | null;
  readonly not_after: Date | null;
  readonly organisation_id: string | null;
  readonly begun_at: Date;
  readonly used_at: Date;
  readonly active_hash: string | null;
  readonly active_parent: string | null;
  readonly methods: readonly { readonly method: string; readonly at: string }[];
};

// The newest token that is not revoked is the active one; restored or hand-made rows may hold more.
const READ_REFRESH_STATE = `
  select coalesce(t.revoked, false) as revoked, coalesce(t.updated_at, timestamptz 'epoch') as replaced_at,
    t.token as presented_hash, s.id as session_id, s.aal, s.not_after, s.organisation_id,
    coalesce(s.created_at, now()) as begun_at,
    coalesce(s.refreshed_at at time zone 'UTC', s.created_at, now()) as used_at,
    active.token as active_hash, nullif(active.parent, '') as active_parent,
    ${METHODS}
  from auth.refresh_tokens t
  left join auth.sessions s on s.id = t.session_id
  left join lateral (
    select a.token, a.parent from auth.refresh_tokens a
    where a.session_id = s.id and a.revoked is not true order by a.id desc limit 1
  ) active on true
  where t.token = $1`;

const READ_HOLDER = `${SELECT_USER}
  join auth.sessions s on s.user_id = u.id
  join auth.refresh_tokens t on t.session_id = s.id
  where t.token = $1`;

// Everything active is revoked, so that a family can never have two tokens in force.
const ROTATE = `
  with revoked as (
    update auth.refresh_tokens set revoked = true, updated_at = $7::timestamptz
    where session_id = $1::uuid and revoked is not true
  ), successor as (
    insert into auth.refresh_tokens (instance_id, token, user_id, revoked, parent, session_id, created_at, updated_at)
    values ('00000000-0000-0000-0000-000000000000', $4, $2::uuid::text, false, $3, $1::uuid, $7::timestamptz, $7::timestamptz)
  )
  update auth.sessions
  set refreshed_at = $7::timestamptz at time zone 'UTC', updated_at = $7::timestamptz, user_agent = $5, ip = $6::inet,
    token_expires_at = greatest(token_expires_at, $8::timestamptz)
  where id = $1::uuid`;

function toRefreshState(row: RefreshRow, id: string, user: User): RefreshState {
  return {
    user,
    presented: { hash: row.presented_hash, revoked: row.revoked, replacedAt: row.replaced_at },
    active: row.active_hash === null ? null : { hash: row.active_hash, parentHash: row.active_parent },
    session: {
      id,
      userId: user.id,
      assuranceLevel: row.aal ?? 'aal1',
      organisationId: row.organisation_id,
      methods: row.methods.map(({ method, at }) => ({ method, at: new Date(at) })),
    },
    sessionEndsAt: row.not_after,
    begunAt: row.begun_at,
    usedAt: row.used_at,
  };
}

/** The most sessions of one user that are listed. */
const MAX_LISTED_SESSIONS = 100;

type ListedRow = {
  readonly id: string;
  readonly begun_at: Date;
  readonly used_at: Date;
  readonly not_after: Date | null;
  readonly aal: AssuranceLevel | null;
  readonly user_agent: string | null;
  readonly ip: string | null;
};

const LIST_SESSIONS = `
  select s.id, coalesce(s.created_at, now()) as begun_at,
    coalesce(s.refreshed_at at time zone 'UTC', s.created_at, now()) as used_at,
    s.not_after, s.aal, s.user_agent, host(s.ip) as ip
  from auth.sessions s where s.user_id = $1
  order by used_at desc, s.id limit ${MAX_LISTED_SESSIONS}`;
