import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Actor, inOrganisation, inProject } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import type { AuditFilter, AuditRecord } from '../application/stores.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { line, projectRef, readParams, readQuery, uuid } from './read-input.ts';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;
const NDJSON = 'application/x-ndjson';

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const auditQuery = z.strictObject({
  action: line(100).nullable().default(null),
  project_ref: projectRef.nullable().default(null),
  actor_id: uuid.nullable().default(null),
  from: time.nullable().default(null),
  to: time.nullable().default(null),
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .nullable()
    .default(null),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});
const usageQuery = z.strictObject({
  from: time.optional(),
  to: time.optional(),
  unit: z.enum(['hour', 'day']).default('day'),
});

export function addRecordRoutes(app: FastifyInstance, parts: ControlParts): void {
  /** A page as JSON, the newest first; everything as lines of JSON to who accepts those. */
  app.get('/organisations/:id/audit', async (request, reply) => {
    const { id } = readParams(request, z.object({ id: uuid }));
    const { project_ref: ref, actor_id: actorId, ...rest } = readQuery(request, auditQuery);
    const actor = await actorOf(parts, request);
    const filter: AuditFilter = { ...rest, projectRef: ref, actorId };
    const page = await readAudit(parts, actor, id, filter);
    if (request.headers.accept?.includes(NDJSON) !== true) return page;
    const lines = Readable.from(linesOf(parts, actor, id, { ...filter, limit: MAX_PAGE }));
    return reply.header('content-type', NDJSON).send(lines);
  });

  app.get('/projects/:ref/usage', async (request) => {
    const { ref } = readParams(request, projectPath);
    const { from, to = parts.now(), unit } = readQuery(request, usageQuery);
    const actor = await actorOf(parts, request);
    return parts.inTransaction(async (stores) => {
      await inProject(stores, actor, ref, 'usage.read');
      return stores.usage.read(ref, from ?? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS), to, unit);
    });
  });
}

function readAudit(
  { inTransaction }: ControlParts,
  actor: Actor,
  id: string,
  filter: AuditFilter,
): Promise<readonly AuditRecord[]> {
  return inTransaction(async (stores) => {
    await inOrganisation(stores, actor, id, 'audit.read');
    return stores.audit.read(id, filter);
  });
}

/** Page by page: no connection is held, and little memory, however long the client takes. */
async function* linesOf(parts: ControlParts, actor: Actor, id: string, filter: AuditFilter): AsyncGenerator<string> {
  for (let before = filter.before; ;) {
    const page = await readAudit(parts, actor, id, { ...filter, before });
    if (page.length > 0) yield page.map((record) => `${JSON.stringify(record)}\n`).join('');
    const last = page.at(-1);
    if (last === undefined || page.length < filter.limit) return;
    before = last.seq;
  }
}
