import { typedRows } from '@ashlar/postgres';
import type { SwiftRefresh } from '../application/swift-refresh.ts';
import type { AssuranceLevel, Session } from '../domain/session.ts';
import { inetOrNull } from './inet.ts';
import { MAX_USER_AGENT_LENGTH, METHODS } from './postgres-session-store.ts';
import { toUser, USER_COLUMNS, type UserRow } from './user-row.ts';

/** Triggers of the application do not run here, and nothing waits but for another refresh of the session. */
const STATEMENT_TIMEOUT_MS = 10_000;

type RefreshedRow = UserRow & {
  readonly session_id: string;
  readonly aal: AssuranceLevel | null;
  readonly organisation_id: string | null;
  readonly methods: readonly { readonly method: string; readonly at: string }[];
};

/** One way to the database and back, commit included. */
export const postgresSwiftRefresh: SwiftRefresh = async ({ project, traceparent }, exchange) => {
  const { client, bounds, at } = exchange;
  const result = await project.database.call({
    login: 'service',
    role: 'identity',
    settings: [['request.traceparent', traceparent]],
    readOnly: false,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    connection: 'shared',
    statement: {
      text: REFRESH,
      values: [
        exchange.presentedHash,
        exchange.successorHash,
        at.toISOString(),
        bounds.begunAfter?.toISOString() ?? '-infinity',
        bounds.usedAfter?.toISOString() ?? '-infinity',
        bounds.tokenUsedAfter.toISOString(),
        client.userAgent.slice(0, MAX_USER_AGENT_LENGTH),
        inetOrNull(client.address),
        exchange.tokenExpiresAt.toISOString(),
        client.address.slice(0, 64),
      ],
    },
  });
  const [row] = typedRows<RefreshedRow>(result);
  if (row === undefined) return null;
  const user = toUser(row);
  const methods = row.methods.map(({ method, at: proven }) => ({ method, at: new Date(proven) }));
  const session: Session = {
    id: row.session_id,
    userId: user.id,
    assuranceLevel: row.aal ?? 'aal1',
    organisationId: row.organisation_id,
    methods,
  };
  return { user, session };
};

// The session is locked first, as the long way does, so that the two cannot wait for each other. Whoever waited here
// finds the token revoked when it is updated: an update looks at a row as it is then, not as the snapshot has it.
const REFRESH = `
  with locked as materialized (
    select s.id, s.user_id, s.aal, s.organisation_id
    from auth.sessions s join auth.users u on u.id = s.user_id
    where s.id = (select t.session_id from auth.refresh_tokens t where t.token = $1 and t.revoked is not true)
      and coalesce(u.banned_until, '-infinity') <= $3::timestamptz
      and coalesce(s.not_after, 'infinity') > $3::timestamptz
      and coalesce(s.created_at, 'infinity') > $4::timestamptz
      and coalesce(s.refreshed_at at time zone 'UTC', s.created_at, 'infinity') > greatest($5::timestamptz, $6::timestamptz)
      and not exists (select from auth.refresh_tokens o
        where o.session_id = s.id and o.revoked is not true and o.token is distinct from $1)
    for no key update of s
  ), revoked as (
    update auth.refresh_tokens t set revoked = true, updated_at = $3::timestamptz
    from locked where t.token = $1 and t.revoked is not true
    returning locked.id, locked.user_id, locked.aal, locked.organisation_id
  ), successor as (
    insert into auth.refresh_tokens (instance_id, token, user_id, revoked, parent, session_id, created_at, updated_at)
    select '00000000-0000-0000-0000-000000000000', $2, r.user_id::text, false, $1, r.id, $3::timestamptz, $3::timestamptz
    from revoked r
  ), used as (
    update auth.sessions s
    set refreshed_at = $3::timestamptz at time zone 'UTC', updated_at = $3::timestamptz, user_agent = $7, ip = $8::inet,
      token_expires_at = greatest(s.token_expires_at, $9::timestamptz)
    from revoked r where s.id = r.id
  ), audited as (
    insert into auth.audit_log_entries (instance_id, payload, created_at, ip_address)
    select '00000000-0000-0000-0000-000000000000', json_build_object('action', 'token_refreshed', 'actor_id', u.id,
      'actor_username', coalesce(nullif(u.email, ''), nullif(u.phone, ''), ''), 'actor_via_sso', false,
      'log_type', 'token'), $3::timestamptz, $10
    from revoked r join auth.users u on u.id = r.user_id
  )
  select s.id as session_id, s.aal, s.organisation_id, ${METHODS}, ${USER_COLUMNS}
  from revoked s join auth.users u on u.id = s.user_id`;
