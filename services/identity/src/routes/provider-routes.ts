import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { beginProviderSignIn, signInId, type ProviderSignIn } from '../application/begin-provider-sign-in.ts';
import { browserCookie, browserSecretOf } from './browser-cookie.ts';
import { finishProviderSignIn, isFault, type CallbackResult } from '../application/finish-provider-sign-in.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { checkCodeChallenge } from '../domain/pkce.ts';
import { redirectTarget } from '../domain/redirect-target.ts';
import { queryText, visitOf } from './visit-of.ts';
import { errorParameters } from './wire-errors.ts';

/** What this server itself says to a provider, or reads; a client's word on these goes nowhere. */
const RESERVED: ReadonlySet<string> = new Set([
  'provider',
  'redirect_to',
  'scopes',
  'skip_http_redirect',
  'apikey',
  'invite_token',
  'client_id',
  'client_secret',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'request',
  'request_uri',
  'registration',
  'id_token_hint',
  'dpop_jkt',
]);
const PARAMETER_NAME = /^[A-Za-z][\w.:-]{0,63}$/;
const MAX_FORWARDED = 20;
const MAX_VALUE_LENGTH = 512;
const MAX_SCOPES = 50;
/** A code with its state, an issuer and a name; anything longer is no answer of a provider. */
const MAX_CALLBACK_BYTES = 65_536;

/** The way to a provider and back. Browsers open both without a key. */
export function addProviderRoutes(app: FastifyInstance, parts: IdentityParts): void {
  // A scanner that looks ahead with HEAD must begin nothing and use nothing up.
  app.get('/authorize', { exposeHeadRoute: false }, async (request, reply) => {
    const { url, id, browserSecret } = await beginProviderSignIn(
      parts,
      visitOf(request),
      readProviderSignIn(request),
      null,
    );
    if (browserSecret !== null) reply.header('set-cookie', browserCookie(request, id, browserSecret));
    return reply.redirect(url, 302);
  });

  const callback = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const parameters = readCallback(request);
    const id = signInId(parameters.get('state') ?? '');
    const secret = browserSecretOf(request, id);
    const result = await finishProviderSignIn(parts, visitOf(request), parameters, secret);
    if (result.kind === 'refused' && isFault(result.error)) {
      const { requestId, trace } = request.ashlar;
      const { error } = result;
      parts.observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: 'identity', error });
    }
    if (secret !== null) reply.header('set-cookie', browserCookie(request, id, null));
    // The address holds a code, and the next page's requests must not carry it along.
    reply.header('referrer-policy', 'no-referrer');
    return reply.redirect(locationOf(result, request.ashlar.requestId), 303);
  };
  app.get('/callback', { exposeHeadRoute: false }, callback);
  app.post('/callback', callback);
}

/** @throws {AshlarError} `identity.validation_failed` */
export function readProviderSignIn(request: FastifyRequest): ProviderSignIn {
  const challenge = queryText(request, 'code_challenge');
  const method = queryText(request, 'code_challenge_method');
  checkCodeChallenge(challenge, method);
  return {
    provider: queryText(request, 'provider'),
    scopes: queryText(request, 'scopes')
      .split(/[\s,]+/)
      .filter((scope) => scope !== '')
      .slice(0, MAX_SCOPES),
    forwarded: readForwarded(request),
    redirectTo: wantedTarget(request),
    challenge:
      challenge === '' ? null : { value: challenge, method: method.toLowerCase() === 'plain' ? 'plain' : 's256' },
  };
}

function wantedTarget(request: FastifyRequest): string {
  const wanted = queryText(request, 'redirect_to');
  return redirectTarget(request.identitySettings, wanted === '' ? (request.headers.referer ?? '') : wanted);
}

function readForwarded(request: FastifyRequest): Readonly<Record<string, string>> {
  // Fastify's default parser makes an object without a prototype.
  const names = Object.keys(request.query as object).filter((name) => PARAMETER_NAME.test(name) && !RESERVED.has(name));
  const forwarded = names.map((name) => [name, queryText(request, name)] as const);
  return Object.fromEntries(forwarded.filter(([, value]) => value.length <= MAX_VALUE_LENGTH).slice(0, MAX_FORWARDED));
}

function readCallback(request: FastifyRequest): URLSearchParams {
  const { body } = request;
  const text = Buffer.isBuffer(body) && body.length > 0 ? body.toString('utf8') : (request.url.split('?', 2)[1] ?? '');
  if (text.length > MAX_CALLBACK_BYTES) throw identityErrors.badOauthCallback({ detail: 'OAuth callback is too long' });
  return new URLSearchParams(text);
}

/** Tokens go into the fragment, which no server sees; a code is worth nothing without its verifier. */
function locationOf(result: CallbackResult, requestId: string): string {
  const url = new URL(result.target);
  switch (result.kind) {
    case 'code':
      url.searchParams.set('code', result.code);
      return url.href;
    case 'session': {
      const { access_token, expires_at, expires_in, refresh_token, token_type } = result.session;
      url.hash = new URLSearchParams({
        access_token,
        expires_at: String(expires_at),
        expires_in: String(expires_in),
        ...(result.providerRefreshToken === null ? {} : { provider_refresh_token: result.providerRefreshToken }),
        provider_token: result.providerToken,
        refresh_token,
        token_type,
      }).toString();
      return url.href;
    }
    case 'refused': {
      const said = errorParameters(result.error, requestId);
      for (const [name, value] of said) url.searchParams.set(name, value);
      url.hash = said.toString();
      return url.href;
    }
  }
}
