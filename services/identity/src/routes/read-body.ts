import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { identityErrors } from '../domain/identity-errors.ts';
import type { Metadata } from '../domain/user.ts';

/** Levels of objects and arrays in a body; metadata nested deeper than this is no metadata. */
const MAX_DEPTH = 64;

/** null counts as absent everywhere, as in the reference. */
export const optionalText: z.ZodType<string> = z
  .string()
  .nullish()
  .transform((text) => text ?? '');

export const optionalFlag: z.ZodType<boolean> = z
  .boolean()
  .nullish()
  .transform((flag) => flag ?? false);

// Not z.record: it rebuilds the object, and keys such as `__proto__` must stay ordinary keys.
export const optionalMetadata: z.ZodType<Metadata | null> = z
  .custom<Metadata>(isObject, 'expected an object')
  .nullish()
  .transform((metadata) => metadata ?? null);

/**
 * The request's body as the schema says; members it does not name are dropped.
 *
 * @throws {AshlarError} `identity.bad_json` when it is no JSON object or a member has another type,
 *   `identity.validation_failed` when a text holds what PostgreSQL cannot store.
 */
export function readBody<Schema extends z.ZodType>(request: FastifyRequest, schema: Schema): z.output<Schema> {
  const value = parseJson(request.body);
  if (!isObject(value)) throw identityErrors.badJson({ detail: 'expected an object' });
  refuseUnstorable(value, 0);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw identityErrors.badJson({ detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}` });
}

/** Whether anything was sent: some calls take a body or do without. */
export function hasBody({ body }: FastifyRequest): boolean {
  return Buffer.isBuffer(body) && body.length > 0;
}

function parseJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) throw identityErrors.badJson({ detail: 'EOF' });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw identityErrors.badJson({ detail: 'not valid UTF-8' });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw identityErrors.badJson({ detail: 'not valid JSON' });
  }
}

function isObject(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** PostgreSQL stores neither U+0000 nor half of a surrogate pair, in text and in jsonb alike. */
function refuseUnstorable(value: unknown, depth: number): void {
  if (typeof value === 'string') {
    if (value.isWellFormed() && !value.includes('\0')) return;
    throw identityErrors.validationFailed({ detail: 'Request body holds a character that cannot be stored' });
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) {
    throw identityErrors.validationFailed({ detail: `Request body is nested deeper than ${MAX_DEPTH} levels` });
  }
  for (const [key, member] of Object.entries(value)) {
    refuseUnstorable(key, depth);
    refuseUnstorable(member, depth + 1);
  }
}
