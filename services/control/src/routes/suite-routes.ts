import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ControlParts } from '../application/control-parts.ts';
import {
  addProjectSuite,
  listProjectSuites,
  type ProjectSuite,
  removeProjectSuite,
} from '../application/project-suites.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { projectRef, readBody, readParams, readQuery } from './read-input.ts';

const suiteName = z.string().min(1).max(30);
const suitePath = z.object({ ref: projectRef, suite: suiteName });
const added = z.strictObject({ suite: suiteName, with_demo: z.boolean().default(false) });
const removed = z.strictObject({ with_data: z.enum(['true', 'false']).default('false') });

/** Which suites a project has. */
export function addSuiteRoutes(app: FastifyInstance, parts: ControlParts): void {
  app.get('/projects/:ref/suites', async (request) => {
    const { ref } = readParams(request, projectPath);
    return (await listProjectSuites(parts, await actorOf(parts, request), ref)).map(suiteDocument);
  });

  app.post('/projects/:ref/suites', async (request, reply) => {
    const { ref } = readParams(request, projectPath);
    const { suite, with_demo: withDemo } = readBody(request, added);
    const made = await addProjectSuite(parts, await actorOf(parts, request), ref, { suite, withDemo });
    return reply.code(withDemo ? 202 : 201).send(suiteDocument(made));
  });

  app.delete('/projects/:ref/suites/:suite', async (request, reply) => {
    const { ref, suite } = readParams(request, suitePath);
    const withData = readQuery(request, removed).with_data === 'true';
    await removeProjectSuite(parts, await actorOf(parts, request), ref, { suite, withData });
    return reply.code(204).send();
  });
}

function suiteDocument({ name, title, state, addedAt, removedAt, hasDemo }: ProjectSuite) {
  return { name, title, state, added_at: addedAt, removed_at: removedAt, has_demo: hasDemo };
}
