import { randomUUID } from 'node:crypto';
import type { Transaction } from '@ashlar/postgres';
import type { OAuthStateStore } from '../application/oauth-state-store.ts';

interface StateRow extends Record<string, unknown> {
  readonly provider_type: string;
  readonly code_verifier: string | null;
  readonly nonce: string | null;
  readonly browser_hash: string | null;
  readonly flow_id: string;
  readonly created_at: Date;
}

/** Rows a sweep takes at most, so that no sign-in pays for a flood of others. */
const SWEEP_ROWS = 50;

export function createPostgresOAuthStateStore(tx: Transaction): OAuthStateStore {
  return {
    async keep(stateHash, { provider, codeVerifier, nonce, browserHash, flowId, createdAt }) {
      await tx.query(
        `insert into auth.oauth_client_states (id, state_hash, provider_type, code_verifier, nonce, browser_hash, flow_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [randomUUID(), stateHash, provider, codeVerifier, nonce, browserHash, flowId, createdAt],
      );
    },

    async take(stateHash) {
      const { rows } = await tx.query<StateRow>(
        `delete from auth.oauth_client_states where state_hash = $1 and flow_id is not null
         returning provider_type, code_verifier, nonce, browser_hash, flow_id, created_at`,
        [stateHash],
      );
      const [row] = rows;
      return row === undefined
        ? null
        : {
            provider: row.provider_type,
            codeVerifier: row.code_verifier,
            nonce: row.nonce,
            browserHash: row.browser_hash,
            flowId: row.flow_id,
            createdAt: row.created_at,
          };
    },

    async endFlow(flowId) {
      await tx.query('delete from auth.flow_state where id = $1', [flowId]);
    },

    async sweep(before) {
      // States go along with their flows.
      await tx.query(
        `delete from auth.flow_state where id in (
           select id from auth.flow_state where created_at < $1 order by created_at
           limit ${SWEEP_ROWS} for update skip locked)`,
        [before],
      );
    },
  };
}
