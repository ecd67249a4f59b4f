import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ControlParts } from '../application/control-parts.ts';
import {
  adviseProject,
  changeProjectStructure,
  listProjectMigrations,
  previewProjectChange,
  readProjectStructure,
  showProjectMigration,
} from '../application/project-structure.ts';
import { STRUCTURE_KINDS } from '../meta/introspection/structure.ts';
import { migrationFile } from '../meta/migrations.ts';
import { describeOperation, operationNames } from '../meta/operations/operations.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { projectRef, readBody, readParams, readQuery } from './read-input.ts';

const MAX_SCHEMAS = 100;
const MAX_OPERATIONS = 50;
const MAX_STATEMENTS = 1_000;
const MAX_STATEMENT_LENGTH = 200_000;
const DEFAULT_LOCK_TIMEOUT_MS = 5_000;
const MAX_LOCK_TIMEOUT_MS = 60_000;

const kindPath = z.object({ ref: projectRef, kind: z.enum(STRUCTURE_KINDS) });
const versionPath = z.object({ ref: projectRef, version: z.string().min(1).max(100) });
const schemasQuery = z.strictObject({
  schemas: z
    .string()
    .max(MAX_SCHEMAS * 64)
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .pipe(z.array(z.string().max(63)).min(1).max(MAX_SCHEMAS))
    .nullable()
    .default(null),
});
const operation = z
  .strictObject({ operation: z.string().min(1).max(100), input: z.unknown() })
  .transform((asked) => ({ operation: asked.operation, input: asked.input }));
const application = z.strictObject({
  operations: z.array(operation).min(1).max(MAX_OPERATIONS),
  expected: z.array(z.string().max(MAX_STATEMENT_LENGTH)).max(MAX_STATEMENTS).nullable().default(null),
  lock_timeout_ms: z.int().min(1).max(MAX_LOCK_TIMEOUT_MS).default(DEFAULT_LOCK_TIMEOUT_MS),
});

/** The structure of a project's database: looking at it, and changing it by typed operations. */
export function addStructureRoutes(app: FastifyInstance, parts: ControlParts): void {
  app.get('/meta/operations', () => ({
    operations: operationNames.map((name) => ({ name, input: describeOperation(name) })),
  }));

  app.get('/projects/:ref/meta/structure', async (request) => {
    const { ref } = readParams(request, projectPath);
    const { schemas } = readQuery(request, schemasQuery);
    return readProjectStructure(parts, await actorOf(parts, request), ref, schemas);
  });

  app.get('/projects/:ref/meta/structure/:kind', async (request) => {
    const { ref, kind } = readParams(request, kindPath);
    const { schemas } = readQuery(request, schemasQuery);
    return (await readProjectStructure(parts, await actorOf(parts, request), ref, schemas))[kind];
  });

  app.post('/projects/:ref/meta/preview', async (request) => {
    const { ref } = readParams(request, projectPath);
    const asked = readBody(request, operation);
    return previewProjectChange(parts, await actorOf(parts, request), ref, asked);
  });

  app.post('/projects/:ref/meta/apply', async (request) => {
    const { ref } = readParams(request, projectPath);
    const { operations, expected, lock_timeout_ms: lockTimeoutMs } = readBody(request, application);
    return changeProjectStructure(parts, await actorOf(parts, request), ref, operations, { expected, lockTimeoutMs });
  });

  app.get('/projects/:ref/meta/migrations', async (request) => {
    const { ref } = readParams(request, projectPath);
    return listProjectMigrations(parts, await actorOf(parts, request), ref);
  });

  app.get('/projects/:ref/meta/migrations/:version', async (request, reply) => {
    const { ref, version } = readParams(request, versionPath);
    const { name, text } = migrationFile(
      await showProjectMigration(parts, await actorOf(parts, request), ref, version),
    );
    return reply
      .header('content-type', 'application/sql; charset=utf-8')
      .header('content-disposition', `attachment; filename="${name}"`)
      .send(text);
  });

  app.get('/projects/:ref/advice', async (request) => {
    const { ref } = readParams(request, projectPath);
    return adviseProject(parts, await actorOf(parts, request), ref);
  });
}
