import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ControlParts } from '../application/control-parts.ts';
import { changeQuery, listQueries, removeQuery, type SavedQuery, saveQuery } from '../application/saved-queries.ts';
import { type Actor } from '../application/authorise.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { name, projectRef, readBody, readParams, uuid } from './read-input.ts';

const MAX_SQL_LENGTH = 100_000;

const input = {
  name,
  sql: z
    .string()
    .min(1)
    .max(MAX_SQL_LENGTH)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'holds what PostgreSQL cannot keep'),
  shared: z.boolean().default(false),
};
const queryPath = z.object({ ref: projectRef, id: uuid });

/** SQL that people keep in a project: private, or shared with everybody who has a role in it. */
export function addSavedQueryRoutes(app: FastifyInstance, parts: ControlParts): void {
  app.get('/projects/:ref/queries', async (request) => {
    const { ref } = readParams(request, projectPath);
    const actor = await actorOf(parts, request);
    return (await listQueries(parts, actor, ref)).map((query) => shown(query, actor));
  });

  app.post('/projects/:ref/queries', async (request, reply) => {
    const { ref } = readParams(request, projectPath);
    const query = readBody(request, z.strictObject(input));
    const actor = await actorOf(parts, request);
    return reply.code(201).send(shown(await saveQuery(parts, actor, ref, query), actor));
  });

  app.put('/projects/:ref/queries/:id', async (request) => {
    const { ref, id } = readParams(request, queryPath);
    const query = readBody(request, z.strictObject({ ...input, version: z.int().min(1) }));
    const actor = await actorOf(parts, request);
    return shown(await changeQuery(parts, actor, ref, id, query), actor);
  });

  app.delete('/projects/:ref/queries/:id', async (request, reply) => {
    const { ref, id } = readParams(request, queryPath);
    await removeQuery(parts, await actorOf(parts, request), ref, id);
    return reply.code(204).send();
  });
}

function shown({ account_id: owner, ...query }: SavedQuery, { accountId }: Actor): Readonly<Record<string, unknown>> {
  return { ...query, own: owner === accountId };
}
