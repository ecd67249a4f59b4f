import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { schedulerErrors } from '../scheduler-errors.ts';

const MAX_FIELDS = 20;

/** @throws {AshlarError} `scheduler.invalid` with all faults, each with a pointer to its place. */
export function readInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const fields = read.error.issues.slice(0, MAX_FIELDS).map(({ path, code, message }) => ({
    pointer: path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    code,
    detail: message,
  }));
  const [first] = fields;
  throw schedulerErrors.invalid({ reason: `${first?.pointer || 'the body'}: ${first?.detail}` }, { fields });
}

export function readQuery<Schema extends z.ZodType>(schema: Schema, { query }: FastifyRequest): z.output<Schema> {
  return readInput(schema, query);
}
