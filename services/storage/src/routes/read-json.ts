import { AshlarError } from '@ashlar/kernel';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { isText } from '../domain/object-key.ts';
import { storageErrors } from '../domain/storage-errors.ts';

/** A thousand names of a kilobyte, and their quotes. */
const MAX_JSON_BYTES = 4_194_304;

/**
 * The body as JSON; none at all counts as `{}`.
 *
 * @throws {AshlarError} `storage.invalid_request` in the words of the schema, `storage.entity_too_large`.
 */
export async function readJson<Schema extends z.ZodType>(
  request: FastifyRequest,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = await readText(request);
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : JSON.parse(text, requireText);
  } catch (error) {
    if (error instanceof AshlarError) throw error;
    throw storageErrors.invalidRequest({ detail: 'Body is not valid JSON' }, { cause: error });
  }
  return parseInput(schema, value, 'body');
}

/** A reviver: PostgreSQL has no text with a NUL or half a character in it, so no body has either. */
function requireText(name: string, value: unknown): unknown {
  for (const text of [name, value]) {
    if (typeof text === 'string' && !isText(text)) {
      throw storageErrors.invalidRequest({ detail: 'body holds a character that is no text' });
    }
  }
  return value;
}

/** @param place What the message calls it: `body`, `querystring`. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('/') ?? '';
  const isMissing = issue?.code === 'invalid_type' && issue.input === undefined && issue.path.length === 1;
  throw storageErrors.invalidRequest({
    detail:
      isMissing && !(path in Object(value))
        ? `${place} must have required property '${path}'`
        : `${place}${path === '' ? '' : `/${path}`} is not valid: ${issue?.message ?? 'it has another form'}`,
  });
}

async function readText({ body }: FastifyRequest): Promise<string> {
  if (body === undefined || body === null) return '';
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Every body of this service arrives as a stream of bytes.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_JSON_BYTES) throw storageErrors.entityTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
