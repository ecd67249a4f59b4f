import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { inProject } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import {
  createKey,
  createToken,
  refuseToken,
  revokeKey,
  revokeToken,
  rotateKey,
  rotateSigningKey,
} from '../application/manage-keys.ts';
import { SCOPES } from '../domain/roles.ts';
import { DEFAULT_WAIT_SECONDS } from '../keys/key-rotation.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { line, projectRef, readBody, readParams, uuid } from './read-input.ts';

const keyName = line(100);
const keyPath = z.object({ ref: projectRef, id: uuid });
/** A year: whoever needs longer makes another. */
const MAX_LIFE_DAYS = 366;
const DEFAULT_LIFE_DAYS = 30;
const DAY_MS = 86_400_000;
const MAX_WAIT_SECONDS = 86_400;

export function addKeyRoutes(app: FastifyInstance, parts: ControlParts): void {
  app.get('/projects/:ref/keys', async (request) => {
    const { ref } = readParams(request, projectPath);
    const actor = await actorOf(parts, request);
    const keys = await parts.inTransaction(async (stores) => {
      await inProject(stores, actor, ref, 'key.list');
      return stores.keys.list(ref);
    });
    const { anonKey, publishableKeys } = await parts.projects.publicKeys(ref);
    return { keys, anon_key: anonKey, publishable_keys: publishableKeys };
  });

  app.post('/projects/:ref/keys', async (request, reply) => {
    const { ref } = readParams(request, projectPath);
    const input = readBody(request, z.strictObject({ kind: z.enum(['publishable', 'secret']), name: keyName }));
    return reply.code(201).send(await createKey(parts, await actorOf(parts, request), ref, input));
  });

  app.post('/projects/:ref/keys/:id/rotate', async (request, reply) => {
    const { ref, id } = readParams(request, keyPath);
    return reply.code(201).send(await rotateKey(parts, await actorOf(parts, request), ref, id));
  });

  app.delete('/projects/:ref/keys/:id', async (request, reply) => {
    const { ref, id } = readParams(request, keyPath);
    await revokeKey(parts, await actorOf(parts, request), ref, id);
    return reply.code(204).send();
  });

  app.post('/projects/:ref/signing-key/rotate', async (request) => {
    const { ref } = readParams(request, projectPath);
    const { wait_seconds: waitSeconds, revoke } = readBody(
      request,
      z.strictObject({
        wait_seconds: z.int().min(0).max(MAX_WAIT_SECONDS).default(DEFAULT_WAIT_SECONDS),
        revoke: z.boolean().default(false),
      }),
    );
    const added = await rotateSigningKey(parts, await actorOf(parts, request), ref, { waitSeconds, revoke });
    return { kid: added.kid, signs_from: added.signsFrom };
  });

  app.get('/tokens', async (request) => {
    const actor = await actorOf(parts, request);
    refuseToken(actor);
    return parts.inTransaction(({ tokens }) => tokens.list(actor.accountId));
  });

  app.post('/tokens', async (request, reply) => {
    const input = readBody(
      request,
      z.strictObject({
        name: keyName,
        scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
        expires_in_days: z.int().min(1).max(MAX_LIFE_DAYS).default(DEFAULT_LIFE_DAYS),
      }),
    );
    const { name, scopes, expires_in_days: days } = input;
    const expiresAt = new Date(parts.now().getTime() + days * DAY_MS);
    return reply.code(201).send(await createToken(parts, await actorOf(parts, request), { name, scopes, expiresAt }));
  });

  app.delete('/tokens/:id', async (request, reply) => {
    const { id } = readParams(request, z.object({ id: uuid }));
    await revokeToken(parts, await actorOf(parts, request), id);
    return reply.code(204).send();
  });
}
