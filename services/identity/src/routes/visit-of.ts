import { formatTraceparent } from '@ashlar/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IdentityParts, Visit } from '../application/visit.ts';
import { readBearer, type Bearer } from '../domain/bearer.ts';
import type { IdentitySettings } from '../domain/settings.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the project the request is for; set before any handler of this service runs. */
    identitySettings: IdentitySettings;
  }
}

/** Puts the settings in force on every request, so that a handler reads one state of them. */
export function readSettings(app: FastifyInstance, parts: Pick<IdentityParts, 'settings'>): void {
  app.addHook('preHandler', async (request) => {
    request.identitySettings = await parts.settings.of(request.ashlar.project);
  });
}

export function visitOf({ ashlar, headers, identitySettings }: FastifyRequest): Visit {
  return {
    project: ashlar.project,
    traceparent: formatTraceparent(ashlar.trace),
    issuer: `${ashlar.publicUrl}/auth/v1`,
    client: { address: ashlar.clientAddress, userAgent: headers['user-agent'] ?? '' },
    settings: identitySettings,
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
