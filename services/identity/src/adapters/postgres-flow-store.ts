import type { Transaction } from '@ashlar/postgres';
import type { Flow, FlowStore } from '../application/flow-store.ts';

interface FlowRow extends Record<string, unknown> {
  readonly id: string;
  readonly user_id: string | null;
  readonly code_challenge: string | null;
  readonly code_challenge_method: 's256' | 'plain' | null;
  readonly provider_type: string;
  readonly authentication_method: string;
  readonly referrer: string | null;
  readonly provider_access_token: string | null;
  readonly provider_refresh_token: string | null;
  readonly linking_target_id: string | null;
  readonly email_optional: boolean;
  readonly created_at: Date;
  readonly auth_code_issued_at: Date | null;
}

const COLUMNS = `id, user_id, code_challenge, code_challenge_method::text, provider_type, authentication_method, referrer,
  provider_access_token, provider_refresh_token, linking_target_id, email_optional, created_at, auth_code_issued_at`;

export function createPostgresFlowStore(tx: Transaction): FlowStore {
  const one = async (sql: string, values: readonly unknown[]): Promise<Flow | null> => {
    const { rows } = await tx.query<FlowRow>(sql, values);
    return rows[0] === undefined ? null : toFlow(rows[0]);
  };
  return {
    async begin(flow) {
      await tx.query(
        `insert into auth.flow_state (id, code_challenge, code_challenge_method, provider_type, authentication_method,
           referrer, linking_target_id, email_optional, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
        [
          flow.id,
          flow.challenge?.value ?? null,
          flow.challenge?.method ?? null,
          flow.provider,
          flow.method,
          flow.redirectTo,
          flow.linkTo,
          flow.emailOptional,
          flow.createdAt,
        ],
      );
    },

    find: (id) => one(`select ${COLUMNS} from auth.flow_state where id = $1 for update`, [id]),

    async issueCode(id, { userId, codeHash, providerToken, providerRefreshToken, at }) {
      const { rowCount } = await tx.query(
        `update auth.flow_state set user_id = $2, auth_code = $3, provider_access_token = $4,
           provider_refresh_token = $5, auth_code_issued_at = $6, updated_at = $6
         where id = $1 and auth_code_issued_at is null`,
        [id, userId, codeHash, providerToken, providerRefreshToken, at],
      );
      return rowCount === 1;
    },

    takeByCode: (codeHash) => one(`delete from auth.flow_state where auth_code = $1 returning ${COLUMNS}`, [codeHash]),

    async sweep(before) {
      await tx.query('delete from auth.flow_state where updated_at < $1', [before]);
    },
  };
}

function toFlow(row: FlowRow): Flow {
  const { code_challenge: value, code_challenge_method: method } = row;
  return {
    id: row.id,
    userId: row.user_id,
    challenge: value === null || method === null ? null : { value, method },
    provider: row.provider_type,
    method: row.authentication_method,
    redirectTo: row.referrer ?? '',
    providerToken: row.provider_access_token,
    providerRefreshToken: row.provider_refresh_token,
    linkTo: row.linking_target_id,
    emailOptional: row.email_optional,
    createdAt: row.created_at,
    codeIssuedAt: row.auth_code_issued_at,
  };
}
