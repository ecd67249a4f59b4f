import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { inProject } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import { changeProjectSettings, readSettings } from '../application/project-settings.ts';
import { removeSecret, setSecret } from '../application/secrets.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { projectRef, readBody, readParams } from './read-input.ts';

const settingName = z.string().min(1).max(100);
const MAX_SETTINGS = 100;
const secretPath = z.object({ ref: projectRef, name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/) });
const MAX_SECRET_LENGTH = 65_536;

export function addSettingsRoutes(app: FastifyInstance, parts: ControlParts): void {
  app.get('/projects/:ref/settings', async (request) => {
    const { ref } = readParams(request, projectPath);
    return readSettings(parts, await actorOf(parts, request), ref);
  });

  app.patch('/projects/:ref/settings', async (request) => {
    const { ref } = readParams(request, projectPath);
    const input = readBody(
      request,
      z.strictObject({
        version: z.int().nonnegative().nullable().default(null),
        set: z.record(settingName, z.unknown()).default({}),
        reset: z.array(settingName).max(MAX_SETTINGS).default([]),
      }),
    );
    return changeProjectSettings(parts, await actorOf(parts, request), ref, input);
  });

  app.get('/projects/:ref/settings/history', async (request) => {
    const { ref } = readParams(request, projectPath);
    const actor = await actorOf(parts, request);
    return parts.inTransaction(async (stores) => {
      await inProject(stores, actor, ref, 'settings.read');
      return stores.projects.settingsHistory(ref);
    });
  });

  app.get('/projects/:ref/secrets', async (request) => {
    const { ref } = readParams(request, projectPath);
    const actor = await actorOf(parts, request);
    return parts.inTransaction(async (stores) => {
      await inProject(stores, actor, ref, 'secret.list');
      return stores.secrets.list(ref);
    });
  });

  app.put('/projects/:ref/secrets/:name', async (request) => {
    const { ref, name } = readParams(request, secretPath);
    const { value } = readBody(request, z.strictObject({ value: z.string().min(1).max(MAX_SECRET_LENGTH) }));
    return setSecret(parts, await actorOf(parts, request), ref, { name, value });
  });

  app.delete('/projects/:ref/secrets/:name', async (request, reply) => {
    const { ref, name } = readParams(request, secretPath);
    await removeSecret(parts, await actorOf(parts, request), ref, name);
    return reply.code(204).send();
  });
}
