import {
  COOKIE_SESSION_HEADER,
  mayUseCookies,
  readCookies,
  sessionCookieNames,
  type SessionCookieNames,
} from '@ashlar/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cookieOrigins } from '../domain/cookie-origins.ts';
import { identityErrors } from '../domain/identity-errors.ts';

/** A browser keeps no cookie longer than 400 days. */
const MAX_AGE_SECONDS = 34_560_000;

/**
 * Sessions of browsers in cookies no script can read. A page asks for it with a header on each call that opens or
 * refreshes a session, whichever endpoint answers it; the tokens then travel as cookies and not in the body.
 */
export function keepSessionsInCookies(app: FastifyInstance): void {
  app.addHook('preHandler', async (request) => {
    if (!asksForCookies(request)) return;
    if (!request.identitySettings.sessions.cookiesEnabled) {
      throw identityErrors.featureDisabled({ detail: 'Sessions in cookies are not enabled' });
    }
    // The header alone says that a page of this origin, or one the door let ask, made the call; this says which.
    const origins = cookieOrigins(request.identitySettings.general);
    if (!mayUseCookies('POST', request.headers, origins, request.ashlar.publicUrl) && isFromPage(request)) {
      throw identityErrors.foreignOrigin();
    }
  });
  app.addHook('preSerialization', async (request, reply, payload) =>
    asksForCookies(request) && isSession(payload) ? intoCookies(request, reply, payload) : payload,
  );
}

/** The refresh token a browser sent for a page that cannot read it. */
export function refreshTokenInCookie(request: FastifyRequest): string {
  if (!asksForCookies(request)) return '';
  const { refresh } = namesOf(request);
  return readCookies(request.headers.cookie, [refresh]).get(refresh) ?? '';
}

/** Takes away the cookies of a session that ended, when the browser sent any. */
export function clearSessionCookies(request: FastifyRequest, reply: FastifyReply): void {
  const names = namesOf(request);
  if (readCookies(request.headers.cookie, [names.access, names.refresh]).size === 0) return;
  void reply.header('set-cookie', cookiesOf(request, names, '', '', 0));
}

function asksForCookies({ headers }: FastifyRequest): boolean {
  return headers[COOKIE_SESSION_HEADER] === 'cookie';
}

/** Programs send neither; they gain nothing from cookies and lose nothing by them. */
function isFromPage({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}

type SessionBody = Readonly<Record<string, unknown>> & {
  readonly access_token: string;
  /** A new token of the session there is comes without one. */
  readonly refresh_token?: string;
};

function isSession(payload: unknown): payload is SessionBody {
  return (
    typeof payload === 'object' &&
    payload !== null &&
    'access_token' in payload &&
    typeof payload.access_token === 'string' &&
    (!('refresh_token' in payload) || typeof payload.refresh_token === 'string')
  );
}

function intoCookies(request: FastifyRequest, reply: FastifyReply, session: SessionBody): object {
  const { access_token: access, refresh_token: refresh, ...rest } = session;
  // Both as long as the session can be refreshed: an access token past its time is answered with 401, which tells a
  // page to refresh, where a cookie that vanished would make its user anonymous without a word.
  const { refreshTokenSeconds } = request.identitySettings.sessions;
  const seconds = Math.min(refreshTokenSeconds, MAX_AGE_SECONDS);
  const cookies = cookiesOf(request, namesOf(request), access, refresh ?? '', seconds);
  void reply.header('set-cookie', refresh === undefined ? cookies.slice(0, 1) : cookies);
  return rest;
}

function namesOf({ ashlar }: FastifyRequest): SessionCookieNames {
  return sessionCookieNames(ashlar.project.ref, ashlar.publicUrl);
}

function cookiesOf(
  { ashlar }: FastifyRequest,
  names: SessionCookieNames,
  access: string,
  refresh: string,
  seconds: number,
): readonly string[] {
  const base = new URL(ashlar.publicUrl).pathname.replace(/\/$/, '');
  const flags = `Max-Age=${seconds}; HttpOnly; SameSite=Lax${names.secure ? '; Secure' : ''}`;
  return [`${names.access}=${access}; Path=/; ${flags}`, `${names.refresh}=${refresh}; Path=${base}/auth/v1; ${flags}`];
}
