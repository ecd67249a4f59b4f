import type { Transaction } from '@ashlar/postgres';
import { createHash } from 'node:crypto';
import { isUuid } from '../domain/uuid.ts';
import type { NewUser, OwnProvider, UserChanges, UserStore } from '../application/stores.ts';
import type { Metadata, User } from '../domain/user.ts';
import { SELECT_USER, toUser, type UserRow } from './user-row.ts';

/** The column of each member of `UserChanges`, and how its value is written. */
const CHANGE_COLUMNS = {
  role: 'role',
  email: 'email',
  phone: 'phone',
  passwordHash: 'encrypted_password',
  emailConfirmedAt: 'email_confirmed_at',
  phoneConfirmedAt: 'phone_confirmed_at',
  bannedUntil: 'banned_until',
  appMetadata: 'raw_app_meta_data',
  userMetadata: 'raw_user_meta_data',
  isAnonymous: 'is_anonymous',
} as const satisfies Readonly<Record<keyof UserChanges, string>>;

/** What was being done when a statement failed, for the error's sentence. */
export type Attempt = 'saving new user' | 'updating user' | 'deleting user';

export function createPostgresUserStore(tx: Transaction, attempting: (attempt: Attempt) => void): UserStore {
  const findOne = async (clause: string, values: readonly unknown[]): Promise<User | null> => {
    const { rows } = await tx.query<UserRow>(`${SELECT_USER} where ${clause} limit 1`, values);
    return rows[0] === undefined ? null : toUser(rows[0]);
  };
  const affectsOne = async (text: string, values: readonly unknown[]): Promise<boolean> =>
    (await tx.query(text, values)).rowCount === 1;

  return {
    findById: (id) => findOne('u.id = $1', [id]),
    // A seed may have left the same address twice in different case: the exact one comes first.
    findByEmail: (email) =>
      findOne('lower(u.email) = $1 and not u.is_sso_user order by u.email = $1 desc, u.created_at', [email]),
    findByPhone: (phone) => findOne('u.phone = $1 and not u.is_sso_user', [phone]),

    async lock(id) {
      await tx.query('select from auth.users where id = $1 for no key update', [id]);
    },

    insert(user) {
      attempting('saving new user');
      return affectsOne(INSERT_USER, insertValues(user));
    },

    update(id, changes, at) {
      attempting('updating user');
      const columns = changedColumns(changes);
      const assignments = columns.map(([column], index) => `${column} = $${index + 3}, `).join('');
      return affectsOne(`update auth.users set ${assignments}updated_at = $2 where id = $1`, [
        id,
        at,
        ...columns.map(([, value]) => value),
      ]);
    },

    markSignedIn(id, verifiedHash, at) {
      attempting('updating user');
      return affectsOne(
        `update auth.users set last_sign_in_at = $3, updated_at = $3
         where id = $1 and nullif(encrypted_password, '') is not distinct from $2`,
        [id, verifiedHash, at],
      );
    },

    async saveIdentity(userId: string, provider: OwnProvider, data: Metadata, at: Date) {
      await tx.query(SAVE_IDENTITY, [userId, provider, JSON.stringify(data), at]);
    },

    remove(id) {
      attempting('deleting user');
      return affectsOne('delete from auth.users where id = $1', [id]);
    },

    async erase(id, at) {
      attempting('deleting user');
      const user = await findOne('u.id = $1', [id]);
      if (user === null) return false;
      await tx.query(ERASE_IDENTITIES, [id, at]);
      await tx.query('delete from auth.one_time_tokens where user_id = $1', [id]);
      await tx.query('delete from auth.mfa_factors where user_id = $1', [id]);
      await tx.query('delete from auth.webauthn_credentials where user_id = $1', [id]);
      return affectsOne(ERASE_USER, [id, maskAddress(id, user.email), maskAddress(id, user.phone), at]);
    },

    async list({ offset, limit, term, sort, descending }) {
      const { clause, values } = matching(term);
      const direction = descending ? 'desc nulls last' : 'asc nulls first';
      const order = `order by u.${sort} ${direction}, u.id limit $1 offset $2`;
      const [users, counted] = await Promise.all([
        tx.query<UserRow>(`${SELECT_USER} where ${clause} ${order}`, [limit, offset, ...values]),
        tx.query<{ total: number }>(
          // The page's bounds take part, so that the numbers of the parameters are those of the page.
          `select count(*)::float8 as total from auth.users u where ${clause} and $1::int is not null and $2::bigint is not null`,
          [limit, offset, ...values],
        ),
      ]);
      return { users: users.rows.map(toUser), total: counted.rows[0]?.total ?? 0 };
    },
  };
}

/** `$3` begins the values. Every alternative has an index, so that searching millions of accounts takes milliseconds. */
function matching(term: string | null): { readonly clause: string; readonly values: readonly unknown[] } {
  if (term === null) return { clause: 'true', values: [] };
  const isId: boolean = isUuid(term);
  if (isId) return { clause: 'u.id = $3', values: [term] };
  const beginning = `${term.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const clause = `(lower(u.email) like $3 or u.phone like $4 or lower(u.raw_user_meta_data ->> 'full_name') like $3
    or lower(u.raw_user_meta_data ->> 'name') like $3)`;
  return { clause, values: [beginning, beginning.replace(/^\+/, '')] };
}

// The unique index minds letter case and seeds may not, hence the look before. No conflict target: whichever of id, email and phone is taken, the row is not inserted, and a transaction that is
// inserting the same address right now is waited for.
const INSERT_USER = `
  insert into auth.users (instance_id, id, aud, role, email, phone, encrypted_password, email_confirmed_at,
    phone_confirmed_at, banned_until, raw_app_meta_data, raw_user_meta_data, is_anonymous, created_at, updated_at,
    confirmation_token, recovery_token, email_change_token_new, email_change)
  select uuid '00000000-0000-0000-0000-000000000000', $1::uuid, 'authenticated', $2, $3::text, $4, $5, $6::timestamptz,
    $7::timestamptz, $8::timestamptz, $9::jsonb, $10::jsonb, $11::boolean, $12::timestamptz, $12::timestamptz, '', '', '', ''
  where not exists (select from auth.users where lower(email) = $3::text and not is_sso_user)
  on conflict do nothing`;

// The account's own row first: a seed may have filed it under the address instead of the id.
const SAVE_IDENTITY = `
  with known as (
    update auth.identities set identity_data = identity_data || $3::jsonb, updated_at = $4::timestamptz
    where user_id = $1::uuid and provider = $2::text
    returning id
  )
  insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
  select $1::uuid::text, $1::uuid, $3::jsonb, $2::text, $4::timestamptz, $4::timestamptz, $4::timestamptz
  where not exists (select from known)`;

function insertValues(user: NewUser): readonly unknown[] {
  return [
    user.id,
    user.role,
    user.email,
    user.phone,
    user.passwordHash,
    user.emailConfirmedAt,
    user.phoneConfirmedAt,
    user.bannedUntil,
    JSON.stringify(user.appMetadata),
    JSON.stringify(user.userMetadata),
    user.isAnonymous,
    user.at,
  ];
}

function changedColumns(changes: UserChanges): readonly (readonly [column: string, value: unknown])[] {
  return Object.entries(changes).map(([member, value]) => [
    // The entries of a UserChanges are its own members.
    CHANGE_COLUMNS[member as keyof UserChanges],
    member === 'appMetadata' || member === 'userMetadata' ? JSON.stringify(value) : value,
  ]);
}

const ERASE_IDENTITIES = `
  update auth.identities
  set provider_id = encode(sha256(convert_to(id::text || provider_id, 'UTF8')), 'hex'), identity_data = '{}', updated_at = $2
  where user_id = $1`;

const ERASE_USER = `
  update auth.users
  set email = $2, phone = $3, encrypted_password = '', email_change = '', phone_change = '', confirmation_token = '',
    recovery_token = '', email_change_token_current = '', email_change_token_new = '', phone_change_token = '',
    reauthentication_token = '', raw_user_meta_data = '{}', raw_app_meta_data = '{}', deleted_at = $4, updated_at = $4
  where id = $1`;

/** Frees the address for a new account, and keeps erased rows apart from each other. */
function maskAddress(userId: string, address: string | null): string | null {
  return address === null ? null : createHash('sha256').update(`${userId}${address}`).digest('base64url');
}
