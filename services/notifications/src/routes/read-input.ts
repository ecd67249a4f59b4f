import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { notificationErrors } from '../domain/notification-errors.ts';

/** The body as JSON; none at all counts as `{}`. @throws {AshlarError} `notifications.request_invalid`. */
export function readBody<Schema extends z.ZodType>(request: FastifyRequest, schema: Schema): z.infer<Schema> {
  const bytes = rawBody(request);
  let value: unknown;
  try {
    value = bytes.length === 0 ? {} : JSON.parse(bytes.toString());
  } catch (error) {
    throw notificationErrors.requestInvalid({ detail: 'The body is not valid JSON' }, { cause: error });
  }
  return parseInput(schema, value, 'body');
}

/** @throws {AshlarError} `notifications.request_invalid`. */
export function readQuery<Schema extends z.ZodType>({ query }: FastifyRequest, schema: Schema): z.infer<Schema> {
  return parseInput(schema, query, 'query');
}

/** Every body of this service arrives as bytes. */
export function rawBody({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

/** An id of a path. @throws {AshlarError} `notifications.not_found` when it can be none. */
export function idOf({ params }: FastifyRequest, what: string): string {
  const { id = '' } = params as { readonly id?: string };
  if (!z.uuid().safeParse(id).success) throw notificationErrors.notFound({ what, name: id.slice(0, 64) });
  return id;
}

const NAME = /^[a-z][a-z0-9_-]{0,62}$/;

/** A name of a path. @throws {AshlarError} `notifications.request_invalid`. */
export function nameOf({ params }: FastifyRequest): string {
  const { name = '' } = params as { readonly name?: string };
  if (!NAME.test(name)) {
    throw notificationErrors.requestInvalid({
      detail: `"${name.slice(0, 64)}" is no name: wanted small letters, digits, - and _`,
    });
  }
  return name;
}

export const nameSchema: z.ZodString = z.string().regex(NAME);

function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('/') ?? '';
  throw notificationErrors.requestInvalid({
    detail: `${place}${path === '' ? '' : `/${path}`} is not valid: ${issue?.message ?? 'it has another form'}`,
  });
}
