import type { Transaction } from '@ashlar/postgres';
import type { PendingChangeStore } from '../application/pending-change-store.ts';
import type { Attempt } from './postgres-user-store.ts';

type ProofRow = {
  readonly created_at: Date;
  readonly methods: readonly { readonly method: string; readonly at: string }[];
};

export function createPostgresPendingChangeStore(
  tx: Transaction,
  attempting: (attempt: Attempt) => void,
): PendingChangeStore {
  // Accounts are locked before their tokens everywhere, so that two transactions never wait for each other.
  const forget = (userId: string, types: readonly string[]): Promise<unknown> =>
    tx.query('delete from auth.one_time_tokens where user_id = $1 and token_type::text = any($2::text[])', [
      userId,
      types,
    ]);
  const update = async (assignments: string, values: readonly unknown[]): Promise<void> => {
    attempting('updating user');
    await tx.query(`update auth.users set ${assignments}, updated_at = $2 where id = $1`, values);
  };
  return {
    async beginEmailChange(userId, newEmail, at) {
      await Promise.all([
        update(
          `email_change = $3, email_change_confirm_status = 0, email_change_token_new = '',
           email_change_token_current = ''`,
          [userId, at, newEmail],
        ),
        forget(userId, ['email_change_token_new', 'email_change_token_current']),
      ]);
    },

    async beginPhoneChange(userId, newPhone, at) {
      await update('phone_change = $3', [userId, at, newPhone]);
    },

    async restartConfirmation(userId, at) {
      await update('email_change_confirm_status = 0', [userId, at]);
    },

    async confirmHalf(userId, at) {
      attempting('updating user');
      const { rowCount } = await tx.query(
        `update auth.users set email_change_confirm_status = 1, updated_at = $2
         where id = $1 and coalesce(email_change_confirm_status, 0) = 0`,
        [userId, at],
      );
      return rowCount === 1;
    },

    async endEmailChange(userId, at) {
      await Promise.all([
        update(
          `email_change = '', email_change_confirm_status = 0, email_change_token_new = '',
           email_change_token_current = ''`,
          [userId, at],
        ),
        forget(userId, ['email_change_token_new', 'email_change_token_current']),
      ]);
    },

    async endPhoneChange(userId, at) {
      await Promise.all([
        update(`phone_change = '', phone_change_token = ''`, [userId, at]),
        forget(userId, ['phone_change_token']),
      ]);
    },

    async markInvited(userId, at) {
      await update('invited_at = $2', [userId, at]);
    },

    async proofOf(sessionId) {
      const { rows } = await tx.query<ProofRow>(READ_PROOF, [sessionId]);
      const row = rows[0];
      if (row === undefined) return null;
      return {
        createdAt: row.created_at,
        methods: row.methods.map(({ method, at }) => ({ method, at: new Date(at) })),
      };
    },
  };
}

const READ_PROOF = `
  select coalesce(s.created_at, timestamptz 'epoch') as created_at,
    (select coalesce(jsonb_agg(jsonb_build_object('method', c.authentication_method, 'at', c.updated_at)), '[]')
      from auth.mfa_amr_claims c where c.session_id = s.id) as methods
  from auth.sessions s where s.id = $1`;
