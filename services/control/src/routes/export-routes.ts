import { DatabaseError } from 'pg';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ControlParts } from '../application/control-parts.ts';
import { EXPORT_FORMATS, type ExportDesk } from '../sheets/export/export-desk.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { line, projectRef, readBody, readParams } from './read-input.ts';

const MAX_SQL_LENGTH = 100_000;
const asking = z
  .strictObject({
    sql: z.string().min(1).max(MAX_SQL_LENGTH),
    format: z.enum(EXPORT_FORMATS),
    name: line(100),
    rtl: z.boolean().default(false),
  })
  .transform(({ rtl: isLeftward, ...rest }) => ({ ...rest, isLeftward }));

/** What can be read, as a file: asked for first, then fetched by a link, by which a browser saves it as it comes. */
export function addExportRoutes(app: FastifyInstance, parts: ControlParts, desk: ExportDesk): void {
  app.post('/projects/:ref/exports', async (request, reply) => {
    const { ref } = readParams(request, projectPath);
    const asked = readBody(request, asking);
    const id = await desk.ask(parts, await actorOf(parts, request), ref, asked);
    return reply.code(201).send({ id });
  });

  app.get('/projects/:ref/exports/:id', async (request, reply) => {
    const { ref, id } = readParams(request, z.object({ ref: projectRef, id: z.uuid() }));
    const actor = await actorOf(parts, request);
    try {
      const { name, type, content } = await desk.fetch(parts, actor, ref, id);
      return await reply
        .header('content-type', type)
        .header(
          'content-disposition',
          `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}`,
        )
        .send(content);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const title = error.message;
      return reply.code(422).header('content-type', 'application/problem+json; charset=utf-8').send({
        type: 'about:blank',
        title,
        status: 422,
        code: 'control.sql_refused',
        message: title,
        retryable: false,
      });
    }
  });
}
