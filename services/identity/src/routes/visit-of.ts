import { formatTraceparent } from '@ashlar/telemetry';
import type { FastifyRequest } from 'fastify';
import type { Visit } from '../application/visit.ts';
import { readBearer, type Bearer } from '../domain/bearer.ts';

export function visitOf({ ashlar, headers }: FastifyRequest): Visit {
  return {
    project: ashlar.project,
    traceparent: formatTraceparent(ashlar.trace),
    issuer: `${ashlar.publicUrl}/auth/v1`,
    client: { address: ashlar.clientAddress, userAgent: headers['user-agent'] ?? '' },
  };
}

/** The user a call speaks for; what it throws is in `readBearer`. */
export function bearerOf({ ashlar, headers }: FastifyRequest): Bearer {
  return readBearer(ashlar, headers.authorization !== undefined);
}

/** One query parameter; repeated ones count by their first. */
export function queryText({ query }: FastifyRequest, name: string): string {
  // Fastify's default parser makes an object of strings and arrays of strings.
  const value = (query as Readonly<Record<string, string | string[] | undefined>>)[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
