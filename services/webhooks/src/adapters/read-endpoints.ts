import type { Project } from '@ashlar/service';
import { asCaller, type Visitor } from '@ashlar/service';
import { endpointKey, openEndpoint } from './sealed-endpoint.ts';

interface EndpointRow extends Record<string, unknown> {
  readonly id: string;
  readonly version: string;
  readonly url: string;
  readonly description: string;
  readonly event_types: readonly string[];
  readonly tables: readonly object[];
  readonly headers: string | null;
  readonly secrets: readonly { readonly sealed: string; readonly expires_at: string | null }[];
  readonly ordered: boolean;
  readonly rate: number | null;
  readonly enabled: boolean;
  readonly disabled_at: Date | null;
  readonly disabled_reason: string | null;
  readonly failures: number;
  readonly failing_since: Date | null;
  readonly paused_until: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const ENDPOINTS = `
  select e.id, e.version::text, e.url, e.description, e.event_types, e.headers, e.secrets, e.ordered, e.rate, e.enabled,
         e.disabled_at, e.disabled_reason, s.failures, s.failing_since, s.paused_until, e.created_at, e.updated_at,
         coalesce((select jsonb_agg(jsonb_build_object('schema', t.schema_name, 'table', t.table_name,
                                                       'operations', t.operations, 'conditions', t.conditions)
                                    order by t.id)
                     from webhooks.table_changes t where t.endpoint_id = e.id), '[]') as tables
    from webhooks.endpoints e join webhooks.endpoint_states s on s.endpoint_id = e.id`;

/** Endpoints as they are told to administrators: without secrets, and of headers the names alone. */
export async function readEndpoints(visitor: Visitor, id: string | null = null): Promise<readonly object[]> {
  const { rows } = await asCaller(visitor, (tx) =>
    tx.query<EndpointRow>(
      id === null ? `${ENDPOINTS} order by e.created_at, e.id` : `${ENDPOINTS} where e.id = $1`,
      id === null ? [] : [id],
    ),
  );
  return rows.map((row) => told(visitor.project, row));
}

function told(project: Project, { version: _version, headers, secrets, ...row }: EndpointRow): object {
  const opened = openEndpoint(endpointKey(project.keys.jwtSecret), { ...row, version: '0', headers, secrets });
  const [, former] = secrets;
  return {
    ...row,
    header_names: Object.keys(opened.headers),
    former_secret_until: former?.expires_at ?? null,
  };
}
