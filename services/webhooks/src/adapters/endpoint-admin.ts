import { randomUUID } from 'node:crypto';
import type { Transaction } from '@ashlar/postgres';
import { newWebhookSecret } from '@ashlar/secrets';
import type { Project } from '@ashlar/service';
import type { EndpointChanges, NewEndpoint } from '../domain/endpoint.ts';
import { webhookErrors } from '../domain/webhook-errors.ts';
import { endpointKey, openForEndpoint, sealForEndpoint, type SealedSecret } from './sealed-endpoint.ts';
import { followTables, leaveTables, lockTriggers } from './table-triggers.ts';

const TIMEOUT_MS = 15_000;
const MAX_ENDPOINTS = 100;
/** A secret and those it replaced, as long as they still sign. */
const MAX_SECRETS = 4;

/**
 * Changes endpoints and the triggers they need in one transaction. It runs as the project's owner, because only who
 * owns a table may make triggers on it; what it writes here it writes as service_role.
 */
async function administer<Value>(project: Project, run: (tx: Transaction) => Promise<Value>): Promise<Value> {
  return project.database.transaction(
    { login: 'owner', role: 'service_role', statementTimeoutMs: TIMEOUT_MS },
    async (tx) => {
      await lockTriggers(tx);
      return run(tx);
    },
  );
}

/** @returns The id and the secret, which is told this once. */
export async function createEndpoint(
  project: Project,
  endpoint: NewEndpoint,
): Promise<{ readonly id: string; readonly secret: string }> {
  const id = randomUUID();
  const secret = newWebhookSecret();
  const key = endpointKey(project.keys.jwtSecret);
  await administer(project, async (tx) => {
    const { rows } = await tx.query<{ count: number }>('select count(*)::int as count from webhooks.endpoints');
    if ((rows[0]?.count ?? 0) >= MAX_ENDPOINTS) throw webhookErrors.tooMany({ most: MAX_ENDPOINTS, what: 'endpoints' });
    await tx.query(
      `insert into webhooks.endpoints (id, url, description, event_types, headers, secrets, ordered, rate)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        id,
        endpoint.url,
        endpoint.description,
        endpoint.event_types,
        sealHeaders(key, id, endpoint.headers),
        JSON.stringify([{ sealed: sealForEndpoint(key, id, secret), expires_at: null }]),
        endpoint.ordered,
        endpoint.rate,
      ],
    );
    await writeTables(tx, id, endpoint.tables);
  });
  return { id, secret };
}

/** @throws {AshlarError} `webhooks.not_found`. */
export async function updateEndpoint(project: Project, id: string, changes: EndpointChanges): Promise<void> {
  const key = endpointKey(project.keys.jwtSecret);
  const { tables, headers, ...columns } = changes;
  const set: Record<string, unknown> = {
    ...columns,
    ...(headers === undefined ? {} : { headers: sealHeaders(key, id, headers) }),
  };
  // Their names are the schema's, which lets no other pass.
  const assignments = Object.keys(set).map((name, index) => `${name} = $${index + 2}, `);
  await administer(project, async (tx) => {
    const { rowCount } = await tx.query(
      `update webhooks.endpoints set ${assignments.join('')}version = version + 1, updated_at = now() where id = $1`,
      [id, ...Object.values(set)],
    );
    if (rowCount === 0) throw webhookErrors.notFound({ what: 'endpoint', id });
    if (tables === undefined) return;
    await tx.query('delete from webhooks.table_changes where endpoint_id = $1', [id]);
    await writeTables(tx, id, tables);
  });
}

/** @throws {AshlarError} `webhooks.not_found`. */
export async function removeEndpoint(project: Project, id: string): Promise<void> {
  await administer(project, async (tx) => {
    const { rowCount } = await tx.query('delete from webhooks.endpoints where id = $1', [id]);
    if (rowCount === 0) throw webhookErrors.notFound({ what: 'endpoint', id });
    await tx.query('reset role');
    await leaveTables(tx);
  });
}

/** @throws {AshlarError} `webhooks.not_found`. */
export async function setEnabled(project: Project, id: string, enabled: boolean): Promise<void> {
  await administer(project, async (tx) => {
    const { rowCount } = await tx.query(
      `update webhooks.endpoints
          set enabled = $2, version = version + 1, updated_at = now(),
              disabled_at = case when not $2 then now() end, disabled_reason = case when not $2 then 'by-request' end
        where id = $1`,
      [id, enabled],
    );
    if (rowCount === 0) throw webhookErrors.notFound({ what: 'endpoint', id });
  });
  // A new beginning: what it failed before is forgotten.
  if (enabled) await resetState(project, id);
}

async function resetState(project: Project, id: string): Promise<void> {
  await project.database.transaction({ login: 'service', role: 'webhooks', statementTimeoutMs: TIMEOUT_MS }, (tx) =>
    tx.query(
      `with reset as (
         update webhooks.endpoint_states
            set failures = 0, failing_since = null, paused_until = null, pause_seconds = null where endpoint_id = $1)
       select pg_notify('ashlar_webhooks', '')`,
      [id],
    ),
  );
}

/** @returns The new secret, told this once, and until when the former one signs too. @throws {AshlarError} `webhooks.not_found`. */
export async function rotateSecret(
  project: Project,
  id: string,
  overlapSeconds: number,
  now: Date,
): Promise<{ readonly secret: string; readonly formerUntil: Date }> {
  const secret = newWebhookSecret();
  const key = endpointKey(project.keys.jwtSecret);
  const formerUntil = new Date(now.getTime() + overlapSeconds * 1000);
  await administer(project, async (tx) => {
    const { rows } = await tx.query<{ secrets: readonly SealedSecret[] }>(
      'select secrets from webhooks.endpoints where id = $1 for update',
      [id],
    );
    if (rows[0] === undefined) throw webhookErrors.notFound({ what: 'endpoint', id });
    const former = rows[0].secrets
      // What no longer opens would keep the new one from being used.
      .filter(({ sealed }) => opens(key, id, sealed))
      .map(({ sealed, expires_at }) => ({ sealed, expires_at: earlier(expires_at, formerUntil) }))
      .filter(({ expires_at }) => new Date(expires_at) > now);
    const secrets = [{ sealed: sealForEndpoint(key, id, secret), expires_at: null }, ...former].slice(0, MAX_SECRETS);
    await tx.query(
      'update webhooks.endpoints set secrets = $2, version = version + 1, updated_at = now() where id = $1',
      [id, JSON.stringify(secrets)],
    );
  });
  return { secret, formerUntil };
}

function opens(key: Buffer, id: string, sealed: string): boolean {
  try {
    openForEndpoint(key, id, sealed);
    return true;
  } catch {
    return false;
  }
}

function earlier(expiresAt: string | null, until: Date): string {
  return expiresAt !== null && new Date(expiresAt) < until ? expiresAt : until.toISOString();
}

function sealHeaders(key: Buffer, id: string, headers: Readonly<Record<string, string>>): string | null {
  return Object.keys(headers).length === 0 ? null : sealForEndpoint(key, id, JSON.stringify(headers));
}

async function writeTables(tx: Transaction, id: string, tables: NewEndpoint['tables']): Promise<void> {
  await tx.query(
    `insert into webhooks.table_changes (endpoint_id, schema_name, table_name, operations, conditions)
     select $1, t.schema, t.table, t.operations, t.conditions
       from jsonb_to_recordset($2::jsonb) t(schema text, "table" text, operations text[], conditions jsonb)`,
    [id, JSON.stringify(tables)],
  );
  await tx.query('reset role');
  await followTables(tx, tables);
  await leaveTables(tx);
}
