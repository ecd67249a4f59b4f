import type { Transaction } from '@ashlar/postgres';
import type { Passkey, PasskeyStore } from '../application/passkey-store.ts';

/** Expired challenges forgotten with each new one: more than one, so that a burst of them goes again. */
const SWEPT_AT_ONCE = 100;

type PasskeyRow = {
  readonly id: string;
  readonly user_id: string;
  readonly friendly_name: string;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly credential_id: Buffer;
  readonly public_key: Buffer;
  readonly sign_count: string;
  readonly transports: readonly string[];
};

const SELECT = `
  select id, user_id, friendly_name, created_at, last_used_at, credential_id, public_key, sign_count, transports
  from auth.webauthn_credentials`;

export function createPostgresPasskeyStore(tx: Transaction): PasskeyStore {
  const one = async (clause: string, values: readonly unknown[]): Promise<Passkey | null> => {
    const { rows } = await tx.query<PasskeyRow>(`${SELECT} where ${clause}`, values);
    return rows[0] === undefined ? null : toPasskey(rows[0]);
  };
  return {
    async list(userId) {
      const { rows } = await tx.query<PasskeyRow>(`${SELECT} where user_id = $1 order by created_at, id`, [userId]);
      return rows.map(toPasskey);
    },

    find: (id, userId) => one('id = $1 and user_id = $2', [id, userId]),

    findByCredential: (credentialId) => one('credential_id = $1', [Buffer.from(credentialId, 'base64url')]),

    async add({ id, userId, friendlyName, createdAt }, credential) {
      const { rowCount } = await tx.query(
        `insert into auth.webauthn_credentials (id, user_id, credential_id, public_key, attestation_type, aaguid,
           sign_count, transports, backup_eligible, backed_up, friendly_name, created_at, updated_at)
         values ($1, $2, $3, $4, 'none', $5, $6, $7::jsonb, $8, $9, $10, $11, $11)
         on conflict (credential_id) do nothing`,
        [
          id,
          userId,
          Buffer.from(credential.id, 'base64url'),
          Buffer.from(credential.publicKey, 'base64url'),
          credential.aaguid,
          credential.counter,
          JSON.stringify(credential.transports),
          credential.backupEligible,
          credential.backedUp,
          friendlyName,
          createdAt,
        ],
      );
      return rowCount === 1;
    },

    async rename(id, userId, friendlyName, at) {
      const { rowCount } = await tx.query(
        'update auth.webauthn_credentials set friendly_name = $3, updated_at = $4 where id = $1 and user_id = $2',
        [id, userId, friendlyName, at],
      );
      return rowCount === 1;
    },

    async remove(id, userId) {
      const { rowCount } = await tx.query('delete from auth.webauthn_credentials where id = $1 and user_id = $2', [
        id,
        userId,
      ]);
      return rowCount === 1;
    },

    async lockCounter(id) {
      const { rows } = await tx.query<{ sign_count: string }>(
        'select sign_count from auth.webauthn_credentials where id = $1 for update',
        [id],
      );
      return rows[0] === undefined ? null : Number(rows[0].sign_count);
    },

    async markUsed(id, counter, at) {
      await tx.query(
        'update auth.webauthn_credentials set sign_count = $2, last_used_at = $3, updated_at = $3 where id = $1',
        [id, counter, at],
      );
    },

    async keepChallenge(id, userId, { challenge, expiresAt }, at) {
      await Promise.all([
        tx.query(
          `delete from auth.webauthn_challenges where id in (
             select id from auth.webauthn_challenges where expires_at < $1 order by expires_at limit ${SWEPT_AT_ONCE}
             for update skip locked)`,
          [at],
        ),
        tx.query(
          `insert into auth.webauthn_challenges (id, user_id, challenge_type, session_data, created_at, expires_at)
           values ($1, $2, $3, $4::jsonb, $5, $6)`,
          [
            id,
            userId,
            userId === null ? 'authentication' : 'registration',
            JSON.stringify({ challenge }),
            at,
            expiresAt,
          ],
        ),
      ]);
    },

    async takeChallenge(id, userId) {
      const { rows } = await tx.query<{ challenge: string | null; expires_at: Date }>(
        `delete from auth.webauthn_challenges
         where id = $1 and user_id is not distinct from $2::uuid and challenge_type = $3
         returning session_data ->> 'challenge' as challenge, expires_at`,
        [id, userId, userId === null ? 'authentication' : 'registration'],
      );
      const [row] = rows;
      return row === undefined || row.challenge === null
        ? null
        : { challenge: row.challenge, expiresAt: row.expires_at };
    },
  };
}

function toPasskey(row: PasskeyRow): Passkey {
  return {
    id: row.id,
    userId: row.user_id,
    friendlyName: row.friendly_name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    credential: {
      id: row.credential_id.toString('base64url'),
      publicKey: row.public_key.toString('base64url'),
      counter: Number(row.sign_count),
      transports: Array.isArray(row.transports) ? row.transports : [],
    },
  };
}
