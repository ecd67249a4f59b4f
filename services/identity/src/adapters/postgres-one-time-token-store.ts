import type { Transaction } from '@ashlar/postgres';
import type { OneTimeToken, OneTimeTokenStore, OneTimeTokenType } from '../application/one-time-token-store.ts';
import type { Attempt } from './postgres-user-store.ts';

/** Where an account repeats its token; tools of the ecosystem look there. */
const MIRRORS: Readonly<Record<OneTimeTokenType, { readonly token: string; readonly sentAt: string }>> = {
  confirmation_token: { token: 'confirmation_token', sentAt: 'confirmation_sent_at' },
  reauthentication_token: { token: 'reauthentication_token', sentAt: 'reauthentication_sent_at' },
  recovery_token: { token: 'recovery_token', sentAt: 'recovery_sent_at' },
  email_change_token_new: { token: 'email_change_token_new', sentAt: 'email_change_sent_at' },
  email_change_token_current: { token: 'email_change_token_current', sentAt: 'email_change_sent_at' },
  phone_change_token: { token: 'phone_change_token', sentAt: 'phone_change_sent_at' },
};

/** More accounts than this do not wait for one address at a time; the newest count. */
const MAX_TOKENS_OF_ADDRESS = 10;

type TokenRow = {
  readonly id: string;
  readonly user_id: string;
  readonly token_type: OneTimeTokenType;
  readonly token_hash: string;
  readonly relates_to: string;
  readonly issued_at: Date;
  readonly wrong_tries: number;
  readonly halves: 1 | 2;
  readonly code_challenge: string | null;
  readonly code_challenge_method: 's256' | 'plain' | null;
};

const SELECT_TOKEN = `
  select id, user_id, token_type::text, token_hash, relates_to, updated_at at time zone 'UTC' as issued_at, wrong_tries,
    halves, code_challenge, code_challenge_method::text
  from auth.one_time_tokens`;

export function createPostgresOneTimeTokenStore(
  tx: Transaction,
  attempting: (attempt: Attempt) => void,
): OneTimeTokenStore {
  return {
    async keep({ userId, type, hash, address, issuedAt, halves, challenge }) {
      attempting('updating user');
      const { token, sentAt } = MIRRORS[type];
      await Promise.all([
        tx.query(`update auth.users set ${token} = $2, ${sentAt} = $3, updated_at = $3 where id = $1`, [
          userId,
          hash,
          issuedAt,
        ]),
        tx.query(KEEP, [
          userId,
          type,
          hash,
          address,
          issuedAt,
          halves,
          challenge?.value ?? null,
          challenge?.method ?? null,
        ]),
      ]);
    },

    async findByHash(hash, types) {
      const { rows } = await tx.query<TokenRow>(
        `${SELECT_TOKEN} where token_hash = $1 and token_type::text = any($2::text[]) limit 1`,
        [hash, types],
      );
      return rows[0] === undefined ? null : toToken(rows[0]);
    },

    async listByAddress(address, types) {
      const { rows } = await tx.query<TokenRow>(
        `${SELECT_TOKEN} where relates_to = $1 and token_type::text = any($2::text[])
         order by updated_at desc limit ${MAX_TOKENS_OF_ADDRESS}`,
        [address, types],
      );
      return rows.map(toToken);
    },

    async take({ id, userId, type, hash }) {
      const taken = await tx.query('delete from auth.one_time_tokens where id = $1 and token_hash = $2', [id, hash]);
      if (taken.rowCount !== 1) return false;
      attempting('updating user');
      const { token } = MIRRORS[type];
      await tx.query(`update auth.users set ${token} = '' where id = $1 and ${token} = $2`, [userId, hash]);
      return true;
    },

    async countWrongTry(tokens) {
      // Sent with nothing to count too, so that an address without an account takes as many statements.
      await tx.query(
        'update auth.one_time_tokens set wrong_tries = least(wrong_tries + 1, 1000) where id = any($1::uuid[])',
        [tokens.map(({ id }) => id)],
      );
    },

    async forget(userId, types, at) {
      attempting('updating user');
      const cleared = types.map((type) => `${MIRRORS[type].token} = '', `).join('');
      await Promise.all([
        tx.query(`update auth.users set ${cleared}updated_at = $2 where id = $1`, [userId, at]),
        tx.query('delete from auth.one_time_tokens where user_id = $1 and token_type::text = any($2::text[])', [
          userId,
          types,
        ]),
      ]);
    },
  };
}

const KEEP = `
  insert into auth.one_time_tokens (user_id, token_type, token_hash, relates_to, created_at, updated_at, halves,
    code_challenge, code_challenge_method)
  values ($1, $2::auth.one_time_token_type, $3, $4, $5::timestamptz at time zone 'UTC',
    $5::timestamptz at time zone 'UTC', $6, $7, $8::auth.code_challenge_method)
  on conflict (user_id, token_type) do update
  set token_hash = excluded.token_hash, relates_to = excluded.relates_to, updated_at = excluded.updated_at,
    wrong_tries = 0, halves = excluded.halves, code_challenge = excluded.code_challenge,
    code_challenge_method = excluded.code_challenge_method`;

function toToken(row: TokenRow): OneTimeToken {
  const { code_challenge: value, code_challenge_method: method } = row;
  return {
    id: row.id,
    userId: row.user_id,
    type: row.token_type,
    hash: row.token_hash,
    address: row.relates_to,
    issuedAt: row.issued_at,
    wrongTries: row.wrong_tries,
    halves: row.halves,
    challenge: value === null || method === null ? null : { value, method },
  };
}
