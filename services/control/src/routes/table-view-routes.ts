import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ControlParts } from '../application/control-parts.ts';
import type { TableView } from '../application/stores.ts';
import { addView, changeView, listViews, removeView } from '../application/table-views.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { name, projectRef, readBody, readParams, readQuery } from './read-input.ts';

const MAX_DEFINITION_LENGTH = 40_000;
const viewPath = z.object({ ref: projectRef, id: z.uuid() });
const place = { schema: z.string().min(1).max(63), table: z.string().min(1).max(63) };
/** What it means is the client's own matter; the server keeps it. */
const definition = z
  .record(z.string().max(100), z.unknown())
  .refine((given) => JSON.stringify(given).length <= MAX_DEFINITION_LENGTH, 'too long');
const newView = z.strictObject({ ...place, name, shared: z.boolean().default(false), definition });
const change = z
  .strictObject({
    version: z.int().positive(),
    name: name.optional(),
    shared: z.boolean().optional(),
    default: z.boolean().optional(),
    definition: definition.optional(),
  })
  .transform(({ default: isDefault, ...rest }) => ({ ...rest, isDefault }));

/** How people look at tables. */
export function addTableViewRoutes(app: FastifyInstance, parts: ControlParts): void {
  app.get('/projects/:ref/table-views', async (request) => {
    const { ref } = readParams(request, projectPath);
    const table = readQuery(request, z.strictObject(place));
    const actor = await actorOf(parts, request);
    return (await listViews(parts, actor, ref, table)).map((view) => viewDocument(view, actor.accountId));
  });

  app.post('/projects/:ref/table-views', async (request, reply) => {
    const { ref } = readParams(request, projectPath);
    const given = readBody(request, newView);
    const actor = await actorOf(parts, request);
    return reply.code(201).send(viewDocument(await addView(parts, actor, ref, given), actor.accountId));
  });

  app.patch('/projects/:ref/table-views/:id', async (request) => {
    const { ref, id } = readParams(request, viewPath);
    const given = readBody(request, change);
    const actor = await actorOf(parts, request);
    return viewDocument(await changeView(parts, actor, ref, id, given), actor.accountId);
  });

  app.delete('/projects/:ref/table-views/:id', async (request, reply) => {
    const { ref, id } = readParams(request, viewPath);
    await removeView(parts, await actorOf(parts, request), ref, id);
    return reply.code(204).send();
  });
}

function viewDocument({ is_default: isDefault, account_id: accountId, ...view }: TableView, asks: string): unknown {
  return { ...view, default: isDefault, own: accountId === asks };
}
