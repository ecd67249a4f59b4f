import { must } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import type { ApiKey, ApiKeyStore, PersonalToken, TokenStore } from '../application/stores.ts';
import { announceProject } from '../projects/project-store.ts';

type Row<Value> = Value & Record<string, unknown>;

const KEY = 'id, kind, name, hint, created_at, last_used_at, revoked_at';
const TOKEN = 'id, account_id, name, hint, scopes, created_at, expires_at, last_used_at, revoked_at';

/** Every change of keys is announced: the doors of all processes follow when it commits. */
export function createApiKeyRows(tx: Transaction): ApiKeyStore {
  return {
    async list(ref) {
      const text = `select ${KEY} from control.api_keys where project_ref = $1
        order by revoked_at desc nulls first, created_at, id limit 1000`;
      return (await tx.query<Row<ApiKey>>(text, [ref])).rows;
    },
    async insert(ref, { kind, name, digest, hint }, createdBy) {
      const text = `insert into control.api_keys (project_ref, kind, name, digest, hint, created_by)
        values ($1, $2, $3, $4, $5, $6) returning ${KEY}`;
      const { rows } = await tx.query<Row<ApiKey>>(text, [ref, kind, name, digest, hint, createdBy]);
      await announceProject(tx, ref);
      return must(rows[0], 'the key just made');
    },
    async revoke(ref, id) {
      const text = `update control.api_keys set revoked_at = now()
        where project_ref = $1 and id = $2 and revoked_at is null returning ${KEY}`;
      const { rows } = await tx.query<Row<ApiKey>>(text, [ref, id]);
      if (rows.length > 0) await announceProject(tx, ref);
      return rows[0] ?? null;
    },
  };
}

export function createTokenRows(tx: Transaction): TokenStore {
  return {
    async list(accountId) {
      const text = `select ${TOKEN} from control.personal_tokens where account_id = $1
        order by revoked_at desc nulls first, created_at, id limit 1000`;
      return (await tx.query<Row<PersonalToken>>(text, [accountId])).rows;
    },
    async insert(accountId, { name, digest, hint, scopes, expiresAt }) {
      const text = `insert into control.personal_tokens (account_id, name, digest, hint, scopes, expires_at)
        values ($1, $2, $3, $4, array(select jsonb_array_elements_text($5::jsonb)), $6) returning ${TOKEN}`;
      const values = [accountId, name, digest, hint, JSON.stringify(scopes), expiresAt];
      return must((await tx.query<Row<PersonalToken>>(text, values)).rows[0], 'the token just made');
    },
    async revoke(accountId, id) {
      const text = `update control.personal_tokens set revoked_at = now()
        where account_id = $1 and id = $2 and revoked_at is null`;
      return (await tx.query(text, [accountId, id])).rowCount > 0;
    },
    async use(digest) {
      const text = `select ${TOKEN} from control.personal_tokens
        where digest = $1 and revoked_at is null and expires_at > now()`;
      const { rows } = await tx.query<Row<PersonalToken>>(text, [digest]);
      const [token] = rows;
      if (token === undefined) return null;
      const noted = `update control.personal_tokens set last_used_at = now()
        where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`;
      await tx.query(noted, [token.id]);
      return token;
    },
  };
}
