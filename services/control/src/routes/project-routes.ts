import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { inProject, permitScope } from '../application/authorise.ts';
import type { Actor } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import { removeProjectMember, setProjectMember } from '../application/invitations.ts';
import {
  cloneProject,
  createProject,
  deleteProject,
  pauseProject,
  purgeProject,
  renameProject,
  restoreProject,
} from '../application/manage-projects.ts';
import type { ProjectRecord } from '../projects/project-store.ts';
import { actorOf } from './actor-of.ts';
import { projectDocument } from './project-documents.ts';
import { name, projectRef, readBody, readParams, role, uuid } from './read-input.ts';

export const projectPath: z.ZodType<{ ref: string }> = z.object({ ref: projectRef });
const memberPath = z.object({ ref: projectRef, account: uuid });
const newProject = z.strictObject({ ref: projectRef, name: name.optional() }).transform((input) => ({
  ref: input.ref,
  name: input.name ?? input.ref,
}));

const purge = z.strictObject({ drop_database: z.boolean().default(false) });
const placedProject = z
  .strictObject({ ref: projectRef, name: name.optional(), database_url: z.string().min(1).max(2_000).optional() })
  .transform((input) => ({ ref: input.ref, name: input.name ?? input.ref, databaseUrl: input.database_url }));

type Change = (parts: ControlParts, actor: Actor, ref: string) => Promise<ProjectRecord>;

export function addProjectRoutes(app: FastifyInstance, parts: ControlParts): void {
  app.get('/projects', async (request) => {
    const actor = await actorOf(parts, request);
    permitScope(actor, 'projects:read');
    const records = await parts.inTransaction(({ projects }) => projects.ofAccount(actor.accountId));
    return records.map(projectDocument);
  });

  app.post('/organisations/:id/projects', async (request, reply) => {
    const { id } = readParams(request, z.object({ id: uuid }));
    const made = await createProject(parts, await actorOf(parts, request), id, readBody(request, placedProject));
    return reply.code(201).send(projectDocument(made));
  });

  app.get('/projects/:ref', async (request) => {
    const { ref } = readParams(request, projectPath);
    const actor = await actorOf(parts, request);
    return parts.inTransaction(async (stores) => {
      const found = await inProject(stores, actor, ref, 'project.read');
      return { ...projectDocument(found.project), role: found.role };
    });
  });

  app.patch('/projects/:ref', async (request) => {
    const { ref } = readParams(request, projectPath);
    const input = readBody(request, z.strictObject({ name }));
    return projectDocument(await renameProject(parts, await actorOf(parts, request), ref, input.name));
  });

  const addChange = (method: 'POST' | 'DELETE', url: string, change: Change): void => {
    app.route({
      method,
      url,
      handler: async (request) => {
        const { ref } = readParams(request, projectPath);
        return projectDocument(await change(parts, await actorOf(parts, request), ref));
      },
    });
  };
  addChange('POST', '/projects/:ref/pause', pauseProject);
  addChange('POST', '/projects/:ref/restore', restoreProject);
  addChange('DELETE', '/projects/:ref', deleteProject);

  app.post('/projects/:ref/purge', async (request, reply) => {
    const { ref } = readParams(request, projectPath);
    const { drop_database: drop } = readBody(request, purge);
    await purgeProject(parts, await actorOf(parts, request), ref, drop);
    return reply.code(204).send();
  });

  app.post('/projects/:ref/clone', async (request, reply) => {
    const { ref } = readParams(request, projectPath);
    const clone = await cloneProject(parts, await actorOf(parts, request), ref, readBody(request, newProject));
    const notice = `The connections and streams of project "${ref}" are closed while it is copied; requests to it are answered 503 until then.`;
    return reply.code(202).send({ ...projectDocument(clone), notice });
  });

  app.get('/projects/:ref/members', async (request) => {
    const { ref } = readParams(request, projectPath);
    const actor = await actorOf(parts, request);
    return parts.inTransaction(async (stores) => {
      await inProject(stores, actor, ref, 'project-member.list');
      return stores.organisations.projectMembers(ref);
    });
  });

  app.put('/projects/:ref/members/:account', async (request, reply) => {
    const { ref, account } = readParams(request, memberPath);
    const input = readBody(request, z.strictObject({ role }));
    await setProjectMember(parts, await actorOf(parts, request), ref, account, input.role);
    return reply.code(204).send();
  });

  app.delete('/projects/:ref/members/:account', async (request, reply) => {
    const { ref, account } = readParams(request, memberPath);
    await removeProjectMember(parts, await actorOf(parts, request), ref, account);
    return reply.code(204).send();
  });
}
