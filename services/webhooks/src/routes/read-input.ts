import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EndpointChanges, NewEndpoint } from '../domain/endpoint.ts';
import { OPERATIONS, OPERATORS } from '../domain/row-change.ts';
import { webhookErrors } from '../domain/webhook-errors.ts';

const MAX_TYPES = 100;
const MAX_TABLES = 50;
const MAX_CONDITIONS = 20;
const MAX_HEADERS = 20;
const MAX_URL = 2_048;
const MAX_PAGE = 100;
const MAX_REPLAYED = 10_000;
const MAX_OVERLAP_SECONDS = 7 * 86_400;
const DAY_SECONDS = 86_400;

/** As events are named; a `*` at the end stands for whatever follows. */
const eventType = z
  .string()
  .max(200)
  .regex(/^(?:\*|[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)*(?:\.\*)?)$/, 'looks like app.order.placed, app.* or *');
const columnName = z.string().min(1).max(63);
/** One value, or some to choose from. */
const scalar = z.union([z.string().max(1_000), z.number(), z.boolean()]);
const conditionValue = z.union([scalar, z.array(scalar).max(100)]);
const condition = z
  .strictObject({ column: columnName, operator: z.enum(OPERATORS), value: conditionValue.optional() })
  .refine(
    ({ operator, value }) =>
      operator === 'in'
        ? Array.isArray(value)
        : ['is_null', 'not_null', 'changed'].includes(operator)
          ? value === undefined
          : value !== undefined && !Array.isArray(value),
    'its value does not suit its operator',
  );
const followedTable = z.strictObject({
  schema: columnName.default('public'),
  table: columnName,
  operations: z
    .array(z.enum(OPERATIONS))
    .min(1)
    .transform((operations) => [...new Set(operations)])
    .default([...OPERATIONS]),
  conditions: z.array(condition).max(MAX_CONDITIONS).default([]),
});

const fields = {
  url: z.string().min(1).max(MAX_URL),
  description: z
    .string()
    .max(1_000)
    .regex(/^[^\0]*$/, 'holds a zero character'),
  event_types: z.array(eventType).max(MAX_TYPES),
  tables: z
    .array(followedTable)
    .max(MAX_TABLES)
    .refine(
      (tables) => new Set(tables.map(({ schema, table }) => JSON.stringify([schema, table]))).size === tables.length,
      'names a table twice',
    ),
  headers: z
    .record(z.string(), z.string())
    .refine((headers) => Object.keys(headers).length <= MAX_HEADERS, `has more than ${MAX_HEADERS} headers`),
  ordered: z.boolean(),
  rate: z.number().int().min(1).max(10_000).nullable(),
};

const newEndpoint = z.strictObject({
  url: fields.url,
  description: fields.description.default(''),
  event_types: fields.event_types.default([]),
  tables: fields.tables.default([]),
  headers: fields.headers.default({}),
  ordered: fields.ordered.default(false),
  rate: fields.rate.default(null),
});

const endpointChanges = z.strictObject(fields).partial();

const rotation = z.strictObject({
  /** How long the former secret signs too. */
  overlap_seconds: z.number().int().min(0).max(MAX_OVERLAP_SECONDS).default(DAY_SECONDS),
});

const testEvent = z.strictObject({
  type: eventType.refine((type) => !type.includes('*'), 'names no single type').default('webhooks.endpoint.tested'),
  data: z.record(z.string(), z.unknown()).default({ message: 'This is a test' }),
});

/** As PostgreSQL takes it, which knows no year 0 and no offset of 20 hours. */
const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .refine((text) => /^(?!0000)\d{4}-/.test(text), 'is not within the years 1 to 9999');
const filters = {
  endpoint_id: z.uuid().optional(),
  state: z.enum(['pending', 'delivered', 'failed']).optional(),
  event_type: z
    .string()
    .max(200)
    .regex(/^[^\0]*$/)
    .optional(),
  since: instant.optional(),
  until: instant.optional(),
};
const deliveryId = z.string().regex(/^[1-9]\d{0,17}$/, 'is no id of a delivery');

const deliveryQuery = z.strictObject({
  ...filters,
  event_id: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
  cursor: deliveryId.optional(),
});

const newReplay = z
  .strictObject({ ...filters, limit: z.number().int().min(1).max(MAX_REPLAYED).default(MAX_REPLAYED) })
  .refine(({ state }) => state !== 'pending', { path: ['state'], message: 'what is pending is delivered anyway' });

/** Which deliveries are meant; null: all of them. */
export interface DeliveryFilters {
  readonly endpoint_id?: string | undefined;
  readonly state?: 'pending' | 'delivered' | 'failed' | undefined;
  readonly event_type?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export interface DeliveryPage extends DeliveryFilters {
  readonly event_id?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

// All of these throw `webhooks.invalid_request`, which names the first member that is wrong.

export function readNewEndpoint({ body }: FastifyRequest): NewEndpoint {
  return parse(newEndpoint, body ?? {}, 'body');
}

export function readEndpointChanges({ body }: FastifyRequest): EndpointChanges {
  return parse(endpointChanges, body ?? {}, 'body');
}

/** Seconds for which the former secret signs too. */
export function readOverlap({ body }: FastifyRequest): number {
  return parse(rotation, body ?? {}, 'body').overlap_seconds;
}

export function readTestEvent({ body }: FastifyRequest): {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
} {
  return parse(testEvent, body ?? {}, 'body');
}

export function readDeliveryPage({ query }: FastifyRequest): DeliveryPage {
  return parse(deliveryQuery, query, 'query');
}

export function readNewReplay({ body }: FastifyRequest): DeliveryFilters & { readonly limit: number } {
  return parse(newReplay, body ?? {}, 'body');
}

/** @throws {AshlarError} `webhooks.not_found` for what can be no id of an endpoint. */
export function endpointIdOf(request: FastifyRequest): string {
  return idOf(request, z.uuid(), 'endpoint');
}

/** @throws {AshlarError} `webhooks.not_found` for what can be no id of a delivery. */
export function deliveryIdOf(request: FastifyRequest): string {
  return idOf(request, deliveryId, 'delivery');
}

/** @throws {AshlarError} `webhooks.not_found` for what can be no id of a replay. */
export function replayIdOf(request: FastifyRequest): string {
  return idOf(request, z.uuid(), 'replay');
}

function idOf({ params }: FastifyRequest, schema: z.ZodType<string>, what: string): string {
  // The route has this parameter.
  const { id } = params as { readonly id: string };
  const result = schema.safeParse(id);
  if (!result.success) throw webhookErrors.notFound({ what, id: id.slice(0, 100) });
  return result.data;
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, place: string): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = [place, ...(issue?.path ?? [])].map(String).join('/');
  throw webhookErrors.invalidRequest({ detail: `${path}: ${issue?.message ?? 'is not valid'}`.slice(0, 500) });
}
