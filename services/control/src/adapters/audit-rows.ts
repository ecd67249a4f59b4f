import type { Transaction } from '@ashlar/postgres';
import type { AuditRecord, AuditStore, UsageRow, UsageStore } from '../application/stores.ts';

type Row<Value> = Value & Record<string, unknown>;

export function createAuditRows(tx: Transaction): AuditStore {
  return {
    async add({ action, organisationId, projectRef, target, detail }, { kind, id, name, address, requestId }) {
      const text = `insert into control.audit (action, actor_kind, actor_id, actor_name, address, request_id,
          organisation_id, project_ref, target, detail)
        values ($1, $2, $3, $4, $5, $6,
          coalesce($7::uuid, (select organisation_id from control.projects where ref = $8)), $8, $9, $10)`;
      const who = [action, kind, id, name, address, requestId];
      await tx.query(text, [...who, organisationId, projectRef, target, JSON.stringify(detail)]);
    },
    async read(organisationId, { action, projectRef, actorId, from, to, before, limit }) {
      const text = `select seq::text, at, action, actor_kind, actor_id, actor_name, host(address) as address, request_id,
          project_ref, target, detail
        from control.audit
        where organisation_id = $1
          and ($2::text is null or action = $2)
          and ($3::text is null or project_ref = $3)
          and ($4::uuid is null or actor_id = $4)
          and ($5::timestamptz is null or at >= $5)
          and ($6::timestamptz is null or at < $6)
          and ($7::bigint is null or seq < $7)
        order by audit.seq desc limit $8`;
      const values = [organisationId, action, projectRef, actorId, from, to, before, limit];
      return (await tx.query<Row<AuditRecord>>(text, values)).rows;
    },
  };
}

export function createUsageRows(tx: Transaction): UsageStore {
  return {
    async read(ref, from, to, unit) {
      const text = `select project_ref, service, date_trunc($4, hour, 'UTC') as at, sum(requests)::float8 as requests,
          sum(failures)::float8 as failures, sum(bytes)::float8 as bytes, sum(duration_ms)::float8 / 1000 as seconds
        from control.usage where project_ref = $1 and hour >= $2 and hour < $3
        group by 1, 2, 3 order by 3, 2 limit 10000`;
      return (await tx.query<Row<UsageRow>>(text, [ref, from, to, unit])).rows;
    },
  };
}
