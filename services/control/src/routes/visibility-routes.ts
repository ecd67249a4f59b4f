import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ControlParts } from '../application/control-parts.ts';
import { explainProjectRow, explainProjectRows } from '../application/project-structure.ts';
import { Expression, Name } from '../meta/operations/names.ts';
import type { Question } from '../visibility/explain-row.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { readBody, readParams } from './read-input.ts';

const MAX_CLAIMS_LENGTH = 16_384;
const MAX_ROW_LENGTH = 262_144;
const MAX_ROWS = 50;
const DEFAULT_ROWS = 20;

const shortRecord = (most: number): z.ZodType<Record<string, unknown>> =>
  z.record(z.string().max(63), z.unknown()).refine((value) => JSON.stringify(value).length <= most, 'too long');
const claims = shortRecord(MAX_CLAIMS_LENGTH);
const row = shortRecord(MAX_ROW_LENGTH);
const command = z.enum(['select', 'insert', 'update', 'delete']);
const asking = { role: z.enum(['anon', 'authenticated', 'service_role']), claims: claims.default({}), command };
const name = z.string().min(1).max(63);

/** A policy that is being written. */
const draft = z.strictObject({
  name: Name,
  command: z.enum(['all', 'select', 'insert', 'update', 'delete']).default('all'),
  permissive: z.boolean().default(true),
  roles: z.array(Name).min(1).max(50).default(['public']),
  using: Expression.nullable().default(null),
  check: Expression.nullable().default(null),
});
const ofTable = { ...asking, schema: name.default('public'), table: name, draft: draft.optional() };

const questionOfRows = z
  .strictObject({
    ...ofTable,
    command: z.enum(['select', 'update', 'delete']),
    limit: z.int().min(1).max(MAX_ROWS).default(DEFAULT_ROWS),
  })
  .transform(({ role, claims: ofToken, ...rest }) => ({ ...rest, caller: { role, claims: ofToken } }));

const question = z.union([
  z.strictObject({ ...ofTable, key: row }),
  z.strictObject({ ...ofTable, values: row }),
  z.strictObject({ ...asking, object: z.strictObject({ bucket: z.string().max(100), name: z.string().max(1024) }) }),
  z.strictObject({
    ...asking,
    command: z.enum(['select', 'insert']),
    topic: z.string().min(1).max(1000),
    extension: z.enum(['broadcast', 'presence']).default('broadcast'),
  }),
]);

/** Why somebody can, or cannot, do something to a row, a file or a topic. */
export function addVisibilityRoutes(app: FastifyInstance, parts: ControlParts): void {
  app.post('/projects/:ref/visibility', async (request) => {
    const { ref } = readParams(request, projectPath);
    const asked = questionOf(readBody(request, question));
    return explainProjectRow(parts, await actorOf(parts, request), ref, asked);
  });

  app.post('/projects/:ref/visibility/rows', async (request) => {
    const { ref } = readParams(request, projectPath);
    const asked = readBody(request, questionOfRows);
    return explainProjectRows(parts, await actorOf(parts, request), ref, asked);
  });
}

function questionOf(asked: z.infer<typeof question>): Question {
  const { role, claims: ofToken, command: wanted } = asked;
  const caller = { role, claims: ofToken };
  if ('object' in asked) {
    const { bucket, name: path } = asked.object;
    const place = { bucket_id: bucket, name: path };
    // A file that would be uploaded is no row yet; services set its owner from the token.
    const upload = { ...place, owner: ofToken['sub'] ?? null, owner_id: ofToken['sub'] ?? null };
    const about = wanted === 'insert' ? { values: upload } : { key: place };
    return { schema: 'storage', table: 'objects', command: wanted, row: about, caller };
  }
  if ('topic' in asked) {
    const { topic, extension } = asked;
    return {
      schema: 'realtime',
      table: 'messages',
      command: wanted,
      row: { values: { topic, extension, private: true } },
      caller: { ...caller, settings: [['realtime.topic', topic]] },
    };
  }
  const { schema, table, draft: written } = asked;
  return {
    schema,
    table,
    draft: written,
    command: wanted,
    row: 'key' in asked ? { key: asked.key } : { values: asked.values },
    caller,
  };
}
