import type { Transaction } from '@ashlar/postgres';
import type { Account, AccountStore } from '../application/stores.ts';

export function createAccountRows(tx: Transaction): AccountStore {
  const one = async (where: string, value: string): Promise<Account | null> => {
    const text = `select id, email from control.accounts where ${where}`;
    const { rows } = await tx.query<Account & Record<string, unknown>>(text, [value]);
    return rows[0] ?? null;
  };
  return {
    find: (id) => one('id = $1::uuid', id),
    findByEmail: (email) => one('lower(email) = lower($1) order by created_at limit 1', email),
    async save({ id, email }) {
      const text = `insert into control.accounts (id, email) values ($1, $2)
        on conflict (id) do update set email = excluded.email where accounts.email <> excluded.email`;
      await tx.query(text, [id, email]);
    },
    async hasOwner() {
      const { rowCount } = await tx.query(`select from control.members where role = 'owner' limit 1`);
      return rowCount > 0;
    },
    async lockSetup() {
      // Two setups at once: the second waits here and then sees the first one's owner.
      await tx.query(`select pg_advisory_xact_lock(hashtext('control.setup'))`);
    },
    async putSetupLink(tokenHash, expiresAt) {
      const text = `insert into control.setup_links (token_hash, expires_at) values ($1, $2)
        on conflict (only_one) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at,
          created_at = now()`;
      await tx.query(text, [tokenHash, expiresAt]);
    },
    async takeSetupLink(tokenHash) {
      const text = 'delete from control.setup_links where token_hash = $1 and expires_at > now()';
      return (await tx.query(text, [tokenHash])).rowCount > 0;
    },
    async hasAnySetupLink() {
      return (await tx.query('select from control.setup_links')).rowCount > 0;
    },
    async hasSetupLink(tokenHash) {
      const text = 'select from control.setup_links where token_hash = $1 and expires_at > now()';
      return (await tx.query(text, [tokenHash])).rowCount > 0;
    },
  };
}
