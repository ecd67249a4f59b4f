import { DatabaseError } from 'pg';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { ControlParts } from '../application/control-parts.ts';
import { type Console, CONSOLE_VIEWS, type SqlAnswer } from '../console/console.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { projectRef, readBody, readParams } from './read-input.ts';

const MAX_SQL_LENGTH = 500_000;
const MAX_CLAIMS_LENGTH = 16_384;
const DEFAULT_ROWS = 1_000;
const MAX_ROWS = 10_000;
const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMEOUT_MS = 300_000;
/** Who only reads waits for nothing that takes long, and holds no lock for long. */
const MAX_READER_TIMEOUT_MS = 30_000;

const runId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const body = z
  .strictObject({
    id: runId.nullable().default(null),
    sql: z.string().min(1).max(MAX_SQL_LENGTH),
    as: z.enum(CONSOLE_VIEWS).default('reader'),
    claims: z
      .record(z.string().max(100), z.unknown())
      .refine((claims) => JSON.stringify(claims).length <= MAX_CLAIMS_LENGTH, 'too long')
      .default({}),
    explain: z.enum(['plan', 'analyze']).nullable().default(null),
    transaction: z.boolean().default(true),
    rollback: z.boolean().default(false),
    max_rows: z.int().min(1).max(MAX_ROWS).default(DEFAULT_ROWS),
    timeout_ms: z.int().min(1).max(MAX_TIMEOUT_MS).default(DEFAULT_TIMEOUT_MS),
  })
  .transform(({ max_rows: maxRows, timeout_ms: timeoutMs, ...rest }) => ({
    ...rest,
    maxRows,
    timeoutMs: rest.as === 'reader' ? Math.min(timeoutMs, MAX_READER_TIMEOUT_MS) : timeoutMs,
  }));

/** Free SQL in a project's database. */
export function addSqlRoutes(app: FastifyInstance, parts: ControlParts, desk: Console): void {
  app.post('/projects/:ref/sql', async (request, reply) => {
    const { ref } = readParams(request, projectPath);
    const asked = readBody(request, body);
    return answer(reply, await desk.run(parts, await actorOf(parts, request), ref, asked));
  });

  app.delete('/projects/:ref/sql/:id', async (request, reply) => {
    const { ref, id } = readParams(request, z.object({ ref: projectRef, id: runId }));
    await desk.cancel(parts, await actorOf(parts, request), ref, id);
    return reply.code(204).send();
  });
}

const FAILURES = {
  refused: { status: 422, code: 'control.sql_refused', title: 'PostgreSQL refused a statement' },
  canceled: { status: 409, code: 'control.sql_canceled', title: 'The run was cancelled' },
  timeout: { status: 504, code: 'control.sql_timeout', title: 'The run took longer than it may' },
  'too-large': { status: 413, code: 'control.sql_too_large', title: 'A result is larger than an answer may be' },
  lost: { status: 503, code: 'control.sql_lost', title: 'The connection ended before the answer' },
} as const;

/** A run that failed tells what the statements before it gave; with them in one transaction, all of it is undone. */
function answer(reply: FastifyReply, outcome: SqlAnswer): FastifyReply {
  const { id, as, committed, notices, failure } = outcome;
  const results = outcome.results.map(({ command, rowCount, columns, rows, isCut, durationMs }) => ({
    command,
    row_count: rowCount,
    columns,
    rows,
    cut: isCut,
    duration_ms: Math.round(durationMs * 1000) / 1000,
  }));
  const run = { id, as, committed, results, notices };
  if (failure === null) return reply.send(run);
  const { status, code, title } = FAILURES[failure.reason];
  const { error } = failure;
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send({
      type: 'about:blank',
      title,
      status,
      code,
      message: error instanceof DatabaseError ? error.message : title,
      hint: error instanceof DatabaseError ? (error.hint ?? null) : null,
      retryable: false,
      error: error instanceof DatabaseError ? describe(error, outcome) : null,
      ...run,
    });
}

function describe(
  error: DatabaseError,
  { results, prefixLength, starts }: SqlAnswer,
): Readonly<Record<string, unknown>> {
  const position = Number(error.position) - prefixLength;
  return {
    /** Which one, from 0. */
    statement: results.length,
    sqlstate: error.code ?? null,
    message: error.message,
    detail: error.detail ?? null,
    hint: error.hint ?? null,
    /** Of the character in the statement, from 1. */
    position: position > 0 ? position : null,
    /** Of the statement in what was sent, in characters from 0. */
    start: starts[results.length] ?? null,
    where: error.where ?? null,
  };
}
