import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { controlErrors } from '../control-errors.ts';
import { ROLES } from '../domain/roles.ts';

export const uuid: z.ZodType<string> = z.uuid();
export const role: z.ZodType<(typeof ROLES)[number]> = z.enum(ROLES);
/** Text people read in lists and logs: no line breaks, and nothing PostgreSQL cannot hold. */
export const line = (most: number): z.ZodType<string> =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => text.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(text), 'holds control characters');
export const name: z.ZodType<string> = line(200);
export const email: z.ZodType<string> = z.email().max(320);
/** Longer than any password that is accepted; how long it must be is the control project's to say. */
export const password: z.ZodType<string> = z.string().min(1).max(1000);
export const token: z.ZodType<string> = z.string().min(1).max(200);
export const projectRef: z.ZodType<string> = z.string().regex(/^[a-z][a-z0-9-]{0,29}$/);

/** @throws {AshlarError} `control.input_wrong` naming the member that will not do. */
export function readBody<Schema extends z.ZodType>({ body }: FastifyRequest, schema: Schema): z.infer<Schema> {
  return parse(schema, body ?? {}, 'the body');
}

/** @throws as `readBody`. */
export function readParams<Schema extends z.ZodType>({ params }: FastifyRequest, schema: Schema): z.infer<Schema> {
  return parse(schema, params, 'the address');
}

/** @throws as `readBody`. */
export function readQuery<Schema extends z.ZodType>({ query }: FastifyRequest, schema: Schema): z.infer<Schema> {
  return parse(schema, query, 'the query');
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw controlErrors.inputWrong({
    place,
    reason: `${path}${path === '' ? '' : ': '}${issue?.message ?? 'another form'}`,
  });
}
