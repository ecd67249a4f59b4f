import type { Transaction } from '@ashlar/postgres';
import type { IdentityStore } from '../application/identity-store.ts';

interface HolderRow extends Record<string, unknown> {
  readonly id: string;
  readonly user_id: string;
}

export function createPostgresIdentityStore(tx: Transaction): IdentityStore {
  return {
    async claim(provider, providerId) {
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('auth.identity ' || $1 || ' ' || $2, 0))`, [
        provider,
        providerId,
      ]);
    },

    async find(provider, providerId) {
      const { rows } = await tx.query<HolderRow>(
        'select id, user_id from auth.identities where provider = $1 and provider_id = $2',
        [provider, providerId],
      );
      return rows[0] === undefined ? null : { id: rows[0].id, userId: rows[0].user_id };
    },

    async add({ userId, provider, providerId, data, at }) {
      await tx.query(
        `insert into auth.identities (user_id, provider, provider_id, identity_data, last_sign_in_at, created_at, updated_at)
         values ($1, $2, $3, $4::jsonb, $5, $5, $5)`,
        [userId, provider, providerId, JSON.stringify(data), at],
      );
    },

    async refresh(id, data, at) {
      await tx.query(
        `update auth.identities set identity_data = $2::jsonb, last_sign_in_at = $3, updated_at = $3 where id = $1`,
        [id, JSON.stringify(data), at],
      );
    },

    async remove(id, userId) {
      await tx.query('delete from auth.identities where id = $1 and user_id = $2', [id, userId]);
    },

    async moveAddress(userId, email, at) {
      await tx.query(
        `update auth.users set email = $2::text, updated_at = $3::timestamptz,
           email_confirmed_at = case when $2::text is null then null else coalesce(email_confirmed_at, $3::timestamptz) end
         where id = $1`,
        [userId, email, at],
      );
    },

    async dropUnproven(userId, at) {
      await tx.query('delete from auth.identities where user_id = $1', [userId]);
      await tx.query('delete from auth.one_time_tokens where user_id = $1', [userId]);
      await tx.query('delete from auth.mfa_factors where user_id = $1', [userId]);
      await tx.query('delete from auth.sessions where user_id = $1', [userId]);
      await tx.query(
        `update auth.users set encrypted_password = null, phone = null, phone_confirmed_at = null,
           confirmation_token = '', recovery_token = '', email_change = '', email_change_token_new = '',
           email_change_token_current = '', phone_change = '', phone_change_token = '', reauthentication_token = '',
           updated_at = $2
         where id = $1`,
        [userId, at],
      );
    },
  };
}
