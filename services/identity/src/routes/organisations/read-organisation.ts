import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { OrganisationCaller } from '../../application/organisations/organisation-actor.ts';
import { actorOf, isAdmin } from '../../domain/bearer.ts';
import { identityErrors } from '../../domain/identity-errors.ts';
import type { Texts } from '../../domain/organisation.ts';
import { SCOPE_KINDS, type Scope } from '../../domain/permissions.ts';
import { isUuid } from '../../domain/uuid.ts';
import { readBody } from '../read-body.ts';
import { bearerOf } from '../visit-of.ts';

/** Directional marks would let a name read as another one; the other controls have no place in a name either. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNSEEN = /[\u0000-\u001F\u007F\u202A-\u202E\u2066-\u2069]/u;

/** Text a person wrote: trimmed, in one normal form, without characters nobody sees. */
export function plainText(max: number): z.ZodType<string> {
  return z
    .string()
    .transform((text) => text.normalize('NFC').trim())
    .refine(
      (text) => text.length >= 1 && text.length <= max && !UNSEEN.test(text),
      `expected 1 to ${max} visible characters`,
    );
}

/** `{ "en": "…", "ar": "…" }`. */
export const texts: z.ZodType<Texts> = z
  .record(z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/), plainText(200))
  .refine((value) => Object.keys(value).length >= 1 && Object.keys(value).length <= 20, 'expected 1 to 20 languages');

export const slug: z.ZodType<string> = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'expected small letters, digits and hyphens, at most 63');

export const currency: z.ZodType<string> = z
  .string()
  .refine((code) => /^[A-Z]{3}$/.test(code) && CURRENCIES.has(code), 'expected a currency of ISO 4217, such as EUR');

export const country: z.ZodType<string> = z.string().regex(/^[A-Z]{2}$/, 'expected a country of ISO 3166, such as SA');

export const timezone: z.ZodType<string> = z
  .string()
  .max(64)
  .refine(isTimezone, 'expected a time zone such as Asia/Riyadh');

const place = z.string().min(1).max(64);
export const scope: z.ZodType<Scope> = z.strictObject(
  Object.fromEntries(SCOPE_KINDS.map((kind) => [kind, z.array(place).min(1).max(200).optional()])),
);

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * A body that says nothing it does not mean: unknown members are refused.
 *
 * @throws {AshlarError} `identity.validation_failed` with the first fault.
 */
export function readStrict<Schema extends z.ZodType>(request: FastifyRequest, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(readBody(request, z.record(z.string(), z.unknown())));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw identityErrors.validationFailed({ detail: `${where}${issue?.message ?? 'invalid'}` });
}

/** The user or the administrator of the project; what it throws is in `readBearer`. */
export function callerOf(request: FastifyRequest): OrganisationCaller {
  if (isAdmin(request.ashlar)) return { kind: 'admin', name: actorOf(request.ashlar) };
  return { kind: 'user', bearer: bearerOf(request) };
}

/** @throws {AshlarError} `identity.no_authorization` and those of `readBearer` for who is no user. */
export function userOf(request: FastifyRequest): Extract<OrganisationCaller, { kind: 'user' }> {
  return { kind: 'user', bearer: bearerOf(request) };
}

/** An id of the route. */
export function idOf(request: FastifyRequest, name: string): string {
  // The route patterns put them there.
  const value = (request.params as Readonly<Record<string, string>>)[name] ?? '';
  const isId: boolean = isUuid(value);
  if (isId) return value;
  throw identityErrors.validationFailed({
    detail: `${name} must be an UUID, got ${JSON.stringify(value.slice(0, 50))}`,
  });
}
