import type { Transaction } from '@ashlar/postgres';
import type { FactorCeremony, FactorStore, HeldFactor } from '../application/factor-store.ts';
import type { StoredCredential } from '../application/web-authn.ts';
import type { Factor } from '../domain/user.ts';
import { inetOrUnknown } from './inet.ts';

/** Challenges of one factor that may be open at once; nobody answers more. */
const MAX_OPEN_CHALLENGES = 50;

type FactorRow = {
  readonly id: string;
  readonly user_id: string;
  readonly friendly_name: string | null;
  readonly factor_type: Factor['type'];
  readonly status: Factor['status'];
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly secret: string | null;
  readonly phone: string | null;
  readonly last_challenged_at: Date | null;
  readonly web_authn_credential: unknown;
  readonly last_step: string | null;
};

type ChallengeRow = {
  readonly id: string;
  readonly created_at: Date;
  readonly verified_at: Date | null;
  readonly is_same_address: boolean;
  readonly otp_code: string | null;
  readonly web_authn_session_data: FactorCeremony | null;
};

export function createPostgresFactorStore(tx: Transaction): FactorStore {
  const run = async (text: string, values: readonly unknown[]): Promise<void> => {
    await tx.query(text, values);
  };
  return {
    async lock(id, userId) {
      // A statement of its own after the lock: it must see what its holder before us committed.
      const [, { rows }] = await Promise.all([
        tx.query('select from auth.mfa_factors where id = $1 and user_id = $2 for update', [id, userId]),
        tx.query<FactorRow>(READ_FACTOR, [id, userId]),
      ]);
      return rows[0] === undefined ? null : toHeldFactor(rows[0]);
    },

    add: (factor) =>
      run(
        `insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, secret, phone, created_at, updated_at)
         values ($1, $2, $3, $4::auth.factor_type, $5::auth.factor_status, $6, $7, $8, $8)`,
        [
          factor.id,
          factor.userId,
          factor.friendlyName,
          factor.type,
          factor.status,
          factor.secret,
          factor.phone,
          factor.at,
        ],
      ),

    rename: (id, friendlyName, at) =>
      run('update auth.mfa_factors set friendly_name = $2, updated_at = $3 where id = $1', [id, friendlyName, at]),

    setPhone: (id, phone, at) =>
      run('update auth.mfa_factors set phone = $2, updated_at = $3 where id = $1', [id, phone, at]),

    markVerified: (id, at) =>
      run(`update auth.mfa_factors set status = 'verified', updated_at = $2 where id = $1`, [id, at]),

    remove: (id) => run('delete from auth.mfa_factors where id = $1', [id]),

    removeUnverified: (userId, before, phone) =>
      run(
        `delete from auth.mfa_factors where user_id = $1 and status = 'unverified'
           and (coalesce(last_challenged_at, created_at) < $2 or phone = $3::text)`,
        [userId, before, phone],
      ),

    async credentials(userId) {
      const { rows } = await tx.query<{ credential: StoredCredential }>(
        `select web_authn_credential as credential from auth.mfa_factors
         where user_id = $1 and status = 'verified' and factor_type = 'webauthn' order by created_at, id`,
        [userId],
      );
      return rows.flatMap(({ credential }) => (isCredential(credential) ? [credential] : []));
    },

    keepCredential: (id, credential, aaguid, at) =>
      run(
        `update auth.mfa_factors set web_authn_credential = $2::jsonb, web_authn_aaguid = coalesce($3::uuid, web_authn_aaguid),
           updated_at = $4 where id = $1`,
        [id, JSON.stringify(credential), aaguid, at],
      ),

    async challenge({ id, factorId, address, codeHash, ceremony, at }, expiredBefore) {
      await Promise.all([
        tx.query(FORGET_CHALLENGES, [factorId, expiredBefore]),
        tx.query(
          `insert into auth.mfa_challenges (id, factor_id, ip_address, otp_code, web_authn_session_data, created_at)
           values ($1, $2, $3::inet, $4, $5::jsonb, $6)`,
          [id, factorId, inetOrUnknown(address), codeHash, ceremony === null ? null : JSON.stringify(ceremony), at],
        ),
        tx.query('update auth.mfa_factors set last_challenged_at = $2 where id = $1', [factorId, at]),
      ]);
    },

    async findChallenge(id, factorId, address) {
      const { rows } = await tx.query<ChallengeRow>(
        `select id, created_at, verified_at, ip_address = $3::inet as is_same_address, otp_code, web_authn_session_data
         from auth.mfa_challenges where id = $1 and factor_id = $2`,
        [id, factorId, inetOrUnknown(address)],
      );
      const [row] = rows;
      if (row === undefined) return null;
      return {
        id: row.id,
        createdAt: row.created_at,
        verifiedAt: row.verified_at,
        isSameAddress: row.is_same_address,
        codeHash: row.otp_code,
        ceremony: row.web_authn_session_data,
      };
    },

    useChallenge: (id, at) => run('update auth.mfa_challenges set verified_at = $2 where id = $1', [id, at]),

    keepStep: (id, step) =>
      run(
        `insert into auth.mfa_totp_steps (factor_id, last_step) values ($1, $2)
         on conflict (factor_id) do update set last_step = excluded.last_step`,
        [id, step],
      ),

    async lastTextMessageAt(userId) {
      const { rows } = await tx.query<{ sent_at: Date }>(
        'select sent_at from auth.mfa_text_messages where user_id = $1',
        [userId],
      );
      return rows[0]?.sent_at ?? null;
    },

    noteTextMessage: (userId, at) =>
      run(
        `insert into auth.mfa_text_messages (user_id, sent_at) values ($1, $2)
         on conflict (user_id) do update set sent_at = excluded.sent_at`,
        [userId, at],
      ),
  };
}

const READ_FACTOR = `
  select f.id, f.user_id, f.friendly_name, f.factor_type, f.status, f.created_at, f.updated_at, f.secret, f.phone,
    f.last_challenged_at, f.web_authn_credential, s.last_step
  from auth.mfa_factors f left join auth.mfa_totp_steps s on s.factor_id = f.id
  where f.id = $1 and f.user_id = $2`;

const FORGET_CHALLENGES = `
  delete from auth.mfa_challenges
  where factor_id = $1 and (created_at < $2 or id in (
    select id from auth.mfa_challenges where factor_id = $1 order by created_at desc, id offset ${MAX_OPEN_CHALLENGES - 1}))`;

function toHeldFactor(row: FactorRow): HeldFactor {
  return {
    id: row.id,
    userId: row.user_id,
    friendlyName: row.friendly_name,
    type: row.factor_type,
    status: row.status,
    phone: row.phone,
    lastChallengedAt: row.last_challenged_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    secret: row.secret,
    credential: isCredential(row.web_authn_credential) ? row.web_authn_credential : null,
    lastStep: row.last_step === null ? null : Number(row.last_step),
  };
}

/** Rows of other installations hold another form, which is then no credential of ours. */
function isCredential(value: unknown): value is StoredCredential {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'publicKey' in value &&
    typeof value.publicKey === 'string' &&
    'counter' in value &&
    typeof value.counter === 'number' &&
    'transports' in value &&
    Array.isArray(value.transports)
  );
}
