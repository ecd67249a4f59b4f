import type { FastifyInstance } from 'fastify';
import { CONTROL_PROJECT } from '@ashlar/service';
import { z } from 'zod';
import type { ControlParts } from '../application/control-parts.ts';
import { needsSetup, setUp } from '../application/set-up.ts';
import { permissions, ROLES, SCOPES } from '../domain/roles.ts';
import { originOf } from './actor-of.ts';
import { email, name, password, readBody, token } from './read-input.ts';
import { doneFace, PAGE_HEADERS, setupFace } from './pages.ts';
import { answerForm, isForm } from './answer-form.ts';

const setupInput = z.strictObject({ token, email, password, organisation: name });

/** What anybody may know, and how the first owner comes to be. */
export function addSetupRoutes(app: FastifyInstance, parts: ControlParts, publicUrl: string | null): void {
  app.get('/about', async ({ ashlar }) => ({
    setup_needed: await needsSetup(parts),
    /** Where people sign in and read the tables of the control plane with the ordinary client. */
    project_url: `${publicUrl ?? ashlar.publicUrl}/p/${CONTROL_PROJECT}`,
    publishable_key: ashlar.project.keys.publishableKeys[0] ?? '',
  }));

  app.get('/permissions', async () => ({ roles: ROLES, scopes: SCOPES, operations: permissions() }));

  // The link is opened in a browser: a form without any script.
  app.get('/setup', async (request, reply) => {
    const query = z.object({ token: token.optional() }).catch({}).parse(request.query);
    const isNeeded = await needsSetup(parts);
    return reply.headers(PAGE_HEADERS).send(isNeeded ? setupFace(query.token ?? '', null) : doneFace(null));
  });

  app.post('/setup', async (request, reply) => {
    if (!isForm(request))
      return reply.code(201).send(await setUp(parts, readBody(request, setupInput), originOf(request)));
    return answerForm(request, reply, {
      done: async () => doneFace((await setUp(parts, readBody(request, setupInput), originOf(request))).account.email),
      again: setupFace,
    });
  });
}
