import { createReadStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { AshlarError } from '@ashlar/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Actor, inProject } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import { ENCODINGS } from '../sheets/formats/decode-text.ts';
import { examineUpload, type Loaded, loadUpload, wordsOfRefusal } from '../sheets/import-file.ts';
import type { Examined } from '../sheets/examine-file.ts';
import type { LoadProgress } from '../sheets/load-rows.ts';
import { faultsPathOf, type Upload, type UploadDesk } from '../sheets/upload-desk.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { line, projectRef, readBody, readParams, readQuery } from './read-input.ts';
import { renderError } from './wire-errors.ts';

/** Below what the door takes in one request. */
const PIECE_BYTES = 768 * 1024;
const MAX_MAPPED = 1_600;
const PROGRESS_MS = 150;

const uploadPath = z.object({ ref: projectRef, id: z.uuid() });
const name = z.string().min(1).max(63);
const newUpload = z.strictObject({ name: line(255), size: z.int().min(1) });
const reading = z.strictObject({
  delimiter: z
    .string()
    .length(1)
    .regex(/[^"\r\n]/)
    .optional(),
  encoding: z.enum(ENCODINGS).optional(),
  headings: z.boolean().optional(),
  sheet: z.string().max(255).optional(),
});
const loading = z
  .strictObject({
    schema: name.default('public'),
    table: name,
    create: z.record(z.string(), z.unknown()).nullable().default(null),
    mapping: z
      .array(z.strictObject({ source: z.int().min(0).max(MAX_MAPPED), column: name }))
      .min(1)
      .max(MAX_MAPPED)
      .refine((all) => new Set(all.map(({ column }) => column)).size === all.length, 'fills a column twice'),
    repeated: z.enum(['refuse', 'skip', 'replace']).default('refuse'),
    skip_faulty: z.boolean().default(false),
    dry_run: z.boolean().default(false),
    dates: z.enum(['dmy', 'mdy']).default('dmy'),
  })
  .transform(({ repeated, skip_faulty: skipFaulty, dry_run: isDryRun, ...rest }) => ({
    ...rest,
    onRepeated: repeated,
    skipFaulty,
    isDryRun,
  }));

/** Files into tables: sent in pieces, looked at, tried out, loaded. */
export function addImportRoutes(app: FastifyInstance, parts: ControlParts, desk: UploadDesk): void {
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );

  async function admit(request: FastifyRequest, ref: string): Promise<Actor> {
    const actor = await actorOf(parts, request);
    await parts.inTransaction((stores) => inProject(stores, actor, ref, 'sql.import'));
    return actor;
  }
  async function uploadOf(request: FastifyRequest): Promise<{ readonly actor: Actor; readonly upload: Upload }> {
    const { ref, id } = readParams(request, uploadPath);
    const actor = await admit(request, ref);
    return { actor, upload: desk.find(actor.accountId, ref, id) };
  }

  app.post('/projects/:ref/imports', async (request, reply) => {
    const { ref } = readParams(request, projectPath);
    const { name: fileName, size } = readBody(request, newUpload);
    const actor = await admit(request, ref);
    const { id } = await desk.begin(actor.accountId, ref, { name: fileName, sizeBytes: size });
    return reply.code(201).send({ id, piece_bytes: PIECE_BYTES });
  });

  app.put('/projects/:ref/imports/:id', async (request) => {
    const { offset } = readQuery(request, z.strictObject({ offset: z.coerce.number().int().min(0) }));
    const { upload } = await uploadOf(request);
    await desk.append(upload, offset, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    return { received: upload.receivedBytes };
  });

  app.post('/projects/:ref/imports/:id/examine', async (request) => {
    const asked = readBody(request, reading);
    const { upload } = await uploadOf(request);
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
    return examinedDocument(await examineUpload(desk, upload, given));
  });

  app.post('/projects/:ref/imports/:id/load', async (request, reply) => {
    const asked = readBody(request, loading);
    const { actor, upload } = await uploadOf(request);
    const lines = new PassThrough();
    const stop = new AbortController();
    // Who goes away, or ends it, undoes it.
    lines.once('close', () => stop.abort());
    let told = 0;
    const onProgress = (progress: LoadProgress): void => {
      const now = performance.now();
      if (now - told < PROGRESS_MS) return;
      told = now;
      say(lines, { progress });
    };
    void loadUpload(parts, actor, desk, upload, asked, { onProgress, signal: stop.signal }).then(
      (loaded) => lines.end(`${JSON.stringify({ done: loadedDocument(loaded) })}\n`),
      (error: unknown) => lines.end(`${JSON.stringify({ failed: failureDocument(error) })}\n`),
    );
    return reply.header('content-type', 'application/x-ndjson; charset=utf-8').send(lines);
  });

  app.get('/projects/:ref/imports/:id/faults', async (request, reply) => {
    const { upload } = await uploadOf(request);
    return reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="rows-not-loaded.csv"')
      .send(createReadStream(faultsPathOf(upload)));
  });

  app.delete('/projects/:ref/imports/:id', async (request, reply) => {
    const { upload } = await uploadOf(request);
    await desk.remove(upload);
    return reply.code(204).send();
  });
}

function say(lines: PassThrough, word: unknown): void {
  if (!lines.destroyed) lines.write(`${JSON.stringify(word)}\n`);
}

function examinedDocument({ form, sheets, columns, rows, faulty, sample }: Examined): unknown {
  return {
    form,
    sheets,
    columns: columns.map(({ name: column, type, dates, hasEmpty, isUnique }) => ({
      name: column,
      type,
      dates,
      has_empty: hasEmpty,
      is_unique: isUnique,
    })),
    rows,
    faulty,
    sample,
  };
}

function loadedDocument({ read, loaded, faulty, committed, isTooMany, faults }: Loaded): unknown {
  return {
    read,
    loaded,
    faulty,
    committed,
    too_many: isTooMany,
    faults: faults.map(({ row, column, reason }) => ({ row: row.number, column, ...reason })),
  };
}

function failureDocument(error: unknown): unknown {
  const words = wordsOfRefusal(error);
  if (words !== null) return { code: 'control.sql_refused', title: words };
  if (error instanceof DOMException && error.name === 'AbortError')
    return { code: 'control.sql_canceled', title: 'Ended' };
  const { code, title } = JSON.parse(renderError(error).body);
  return { code, title, ...(error instanceof AshlarError ? { hint: error.hint ?? null } : {}) };
}
