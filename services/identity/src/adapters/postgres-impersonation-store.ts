import type { Transaction } from '@ashlar/postgres';
import type { ImpersonationStore } from '../application/impersonation-store.ts';
import { inetOrNull } from './inet.ts';
import { MAX_USER_AGENT_LENGTH } from './postgres-session-store.ts';

export function createPostgresImpersonationStore(tx: Transaction): ImpersonationStore {
  return {
    async open({ session, client, actor, reason, at, endsAt }) {
      await Promise.all([
        tx.query(
          `insert into auth.sessions (id, user_id, aal, user_agent, ip, created_at, updated_at, not_after, tag)
           values ($1, $2, $3, $4, $5, $6, $6, $7, 'impersonation')`,
          [
            session.id,
            session.userId,
            session.assuranceLevel,
            client.userAgent.slice(0, MAX_USER_AGENT_LENGTH),
            inetOrNull(client.address),
            at,
            endsAt,
          ],
        ),
        tx.query(
          `insert into auth.impersonations (session_id, user_id, actor, reason, started_at, ends_at)
           values ($1, $2, $3, $4, $5, $6)`,
          [session.id, session.userId, actor, reason, at, endsAt],
        ),
      ]);
    },
  };
}
