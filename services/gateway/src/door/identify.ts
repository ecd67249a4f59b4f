import type { FastifyRequest } from 'fastify';
import type { ProjectCallers, Resolution } from '../caller/project-callers.ts';
import { readCredentials } from '../caller/read-credentials.ts';
import { cookieSession } from './cookie-session.ts';

/** Null when the only proof is a cookie that another site's page made the browser send. */
export function identify(
  { method, headers, url }: FastifyRequest,
  known: ProjectCallers,
  publicUrl: () => string,
  nowSeconds: number,
): Resolution | null {
  // Asking what is possible needs no one to be known, and browsers ask without credentials.
  if (method === 'OPTIONS') return known.anonymous;
  const credentials = readCredentials(headers, url);
  const policy = known.sessions?.cookies ?? null;
  if (policy === null) return known.resolve(credentials, nowSeconds);
  const session = cookieSession({ ref: known.ref, method, headers, publicUrl }, credentials, policy);
  if (session.kind === 'foreign') return null;
  if (session.kind === 'none') return known.resolve(credentials, nowSeconds);
  return known.resolveCookie(session.token, credentials.key, nowSeconds);
}
