import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CaptchaVerifier } from '../application/captcha.ts';
import type { LimitedMethod, MethodLimits } from '../application/method-limits.ts';
import { isLoopback } from '../domain/client-network.ts';
import { isAdmin, isImpersonated } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { hasBody, optionalText, readBody } from './read-body.ts';
import { queryText, visitOf } from './visit-of.ts';

export interface RouteProtection {
  readonly limits: MethodLimits;
  readonly captcha: CaptchaVerifier;
  readonly now: () => Date;
}

const Addresses = z.object({ email: optionalText, phone: optionalText });
const Security = z.object({
  gotrue_meta_security: z.object({ captcha_token: optionalText }).nullish(),
});

/** What a route counts as; the token endpoint and sign-up serve several methods. */
const COUNTED: Readonly<Record<string, LimitedMethod | ((request: FastifyRequest) => LimitedMethod | null)>> = {
  'POST /signup': methodOfSignUp,
  'POST /token': methodOfGrant,
  'POST /otp': 'messageRequestsPerHour',
  'POST /magiclink': 'messageRequestsPerHour',
  'POST /recover': 'messageRequestsPerHour',
  'POST /resend': 'messageRequestsPerHour',
  'GET /reauthenticate': 'messageRequestsPerHour',
  'GET /authorize': 'verificationsPerHour',
  'GET /callback': 'verificationsPerHour',
  'POST /callback': 'verificationsPerHour',
  'POST /verify': 'verificationsPerHour',
  'GET /verify': 'verificationsPerHour',
  'POST /factors/:id/verify': 'verificationsPerHour',
  'POST /factors/recovery-codes/verify': 'verificationsPerHour',
  'POST /factors/:id/challenge': 'messageRequestsPerHour',
  'POST /passkeys/authentication/options': 'signInsPerHour',
  'POST /passkeys/authentication/verify': 'verificationsPerHour',
};

/** Where a person is asked to show that they are one. */
const PUZZLED: ReadonlySet<string> = new Set([
  'POST /signup',
  'POST /otp',
  'POST /magiclink',
  'POST /recover',
  'POST /resend',
]);

/**
 * Stands before the handlers: a call beyond its method's rate, or without the CAPTCHA the project asks for, ends here.
 * Servers that hold the secret key are trusted, and this machine is not counted, as behind a proxy nobody declared all
 * clients would share one rate.
 */
export function protectRoutes(app: FastifyInstance, { limits, captcha, now }: RouteProtection): void {
  app.addHook('preHandler', async (request) => {
    if (isImpersonated(request.ashlar) && !isHarmless(request)) throw identityErrors.impersonated();
    const route = routeOf(request);
    const counted = COUNTED[route];
    if (counted === undefined || isAdmin(request.ashlar)) return;
    const visit = visitOf(request);
    const method = typeof counted === 'function' ? counted(request) : counted;
    if (method !== null && !isLoopback(visit.client.address)) limits.takeCall(visit, method, now());

    const { captcha: puzzle } = visit.settings.protection;
    if (puzzle === null || !(PUZZLED.has(route) || method === 'signInsPerHour')) return;
    const answer = readBody(request, Security).gotrue_meta_security?.captcha_token ?? '';
    const refusal =
      answer === '' ? 'no captcha_token found in request' : await captcha.verify(puzzle, answer, visit.client.address);
    if (refusal !== null) throw identityErrors.captchaFailed({ reason: refusal.slice(0, 200) });
  });
}

/** What somebody who acts in a user's name may do with the account: look at it and leave. */
function isHarmless(request: FastifyRequest): boolean {
  const route = routeOf(request);
  if (route === 'GET /reauthenticate' || route === 'GET /user/identities/authorize') return false;
  return request.method === 'GET' || request.method === 'HEAD' || route === 'POST /logout';
}

function methodOfSignUp(request: FastifyRequest): LimitedMethod {
  const { email, phone } = hasBody(request) ? readBody(request, Addresses) : { email: '', phone: '' };
  return email === '' && phone === '' ? 'anonymousPerHour' : 'signUpsPerHour';
}

function methodOfGrant(request: FastifyRequest): LimitedMethod | null {
  switch (queryText(request, 'grant_type')) {
    case 'password':
    case 'id_token':
      return 'signInsPerHour';
    case 'refresh_token':
      return 'refreshesPerHour';
    case 'pkce':
      return 'verificationsPerHour';
    default:
      return null;
  }
}

/** `POST /signup`, wherever the service is mounted. */
function routeOf({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${(routeOptions.url ?? '').replace(/^\/auth\/v1/, '')}`;
}
