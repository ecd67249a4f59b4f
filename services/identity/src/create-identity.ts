import { AshlarError } from '@ashlar/kernel';
import { doorFailureOf, sendRendered, type Service } from '@ashlar/service';
import type { Outbound } from '@ashlar/outbound';
import { formatTraceparent, type Observe } from '@ashlar/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createCallHook } from './adapters/call-hook.ts';
import { createOutboundHookTransport } from './adapters/outbound-hook-transport.ts';
import { inPostgresTransaction } from './adapters/in-postgres-transaction.ts';
import { createHttpCaptchaVerifier } from './adapters/http-captcha-verifier.ts';
import { createHttpLeakedPasswords } from './adapters/http-leaked-passwords.ts';
import { createNativeTokenSigner } from './adapters/native-token-signer.ts';
import { postgresSwiftRefresh } from './adapters/postgres-swift-refresh.ts';
import { createPostgresSettingsReader } from './adapters/postgres-settings-reader.ts';
import { createOpenIdProviderClient } from './adapters/providers/openid-provider-client.ts';
import { createNativePasswordHasher, DEFAULT_HASHING, type HashingOptions } from './adapters/native-password-hasher.ts';
import { judgeFactorAttempt } from './application/hooks.ts';
import { createMemoryMailbox } from './adapters/memory-mailbox.ts';
import { Housekeeping } from './application/housekeeping.ts';
import { limitMessages } from './application/limit-messages.ts';
import { MethodLimits } from './application/method-limits.ts';
import { createSimpleWebAuthn } from './adapters/simple-web-authn.ts';
import type { IdentityParts } from './application/visit.ts';
import { apiVersionOf, identityContract } from './contract.ts';
import { identityErrors } from './domain/identity-errors.ts';
import { openMessaging, type DeliverNow, type MessagingOptions } from './open-messaging.ts';
import { addAbsentFeatureRoutes } from './routes/absent-feature-routes.ts';
import { addMemberRoutes } from './routes/organisations/member-routes.ts';
import { addOrganisationRoutes } from './routes/organisations/organisation-routes.ts';
import { addPlaceRoutes } from './routes/organisations/place-routes.ts';
import { addAdminRecordRoutes } from './routes/admin-record-routes.ts';
import { addAdminSettingsRoutes } from './routes/admin-settings-routes.ts';
import { addAdminMailRoutes } from './routes/admin-mail-routes.ts';
import { addAdminFactorRoutes } from './routes/admin-factor-routes.ts';
import { addAdminUserRoutes } from './routes/admin-user-routes.ts';
import { keepSessionsInCookies } from './routes/cookie-sessions.ts';
import { addDevMailRoutes } from './routes/dev-mail-routes.ts';
import { addOpenRoutes } from './routes/open-routes.ts';
import { protectRoutes, type RouteProtection } from './routes/protect-routes.ts';
import { addOwnSessionRoutes } from './routes/own-session-routes.ts';
import { addFactorRoutes } from './routes/factor-routes.ts';
import { addPasskeyRoutes } from './routes/passkey-routes.ts';
import { addRecoveryCodeRoutes } from './routes/recovery-code-routes.ts';
import { addInviteRoutes } from './routes/invite-routes.ts';
import { addOtpRoutes } from './routes/otp-routes.ts';
import { addIdentityRoutes } from './routes/identity-routes.ts';
import { addProviderRoutes } from './routes/provider-routes.ts';
import { addSettingsRoute } from './routes/settings-route.ts';
import { addSignOutRoute } from './routes/sign-out-route.ts';
import { addSignUpRoute } from './routes/sign-up-route.ts';
import { addTokenRoute } from './routes/token-route.ts';
import { addUserRoutes } from './routes/user-routes.ts';
import { addVerifyRoutes } from './routes/verify-routes.ts';
import { readSettings } from './routes/visit-of.ts';
import { renderError, renderKeyRefusal } from './routes/wire-errors.ts';

export interface IdentityOptions {
  readonly observe: Observe;
  /** Asks identity providers. */
  readonly outbound: Outbound;
  readonly clock?: () => Date;
  /** Defaults cost about 70 ms of a core per sign-in; tests take less. */
  readonly hashing?: Partial<HashingOptions>;
  /** Where messages are left to be sent; without it they stay in each project's outbox. */
  readonly messaging?: MessagingOptions;
  /** Whether public addresses come from the configuration and not from what a request names as its host. */
  readonly knowsPublicUrl?: boolean;
  /** Messages that have no other way are caught, and shown at `/dev/mail`. */
  readonly dev?: boolean;
}

/** The identity service: it holds no state but a queue of hashes, imported signing keys and connections to mail servers. */
export function createIdentity(options: IdentityOptions): Service {
  const { parts, messaging, limits } = openParts(options);
  const housekeeping = new Housekeeping(parts);
  const protection = { limits, captcha: createHttpCaptchaVerifier(options.outbound) };
  return {
    contract: identityContract,
    routes: (app) => {
      app.addHook('onResponse', async ({ ashlar }) => {
        housekeeping.due(ashlar.project, formatTraceparent(ashlar.trace));
      });
      addRoutes(app, parts, protection, messaging.deliver);
    },
    // Hashes under way finish on their own.
    async close() {
      await Promise.all([housekeeping.close(), messaging.close()]);
    },
    tasks: messaging.tasks,
  };
}

interface OpenedParts {
  readonly parts: IdentityParts;
  readonly messaging: ReturnType<typeof openMessaging>;
  readonly limits: MethodLimits;
}

/** What the use cases of this service work with. */
export function openParts(options: IdentityOptions): OpenedParts {
  const { observe, outbound, clock = () => new Date(), hashing = {}, dev = false, knowsPublicUrl = false } = options;
  const settings = createPostgresSettingsReader();
  const mailbox = dev ? createMemoryMailbox() : null;
  const callHook = createCallHook({ transport: createOutboundHookTransport(outbound), now: clock });
  const messaging = openMessaging({ ...options.messaging, settings, callHook, mailbox, observe, now: clock, outbound });
  const limits = new MethodLimits();
  const parts: IdentityParts = {
    inTransaction: messaging.attach(limitMessages(inPostgresTransaction, limits)),
    callHook,
    settings: messaging.settings,
    passwords: createNativePasswordHasher({ ...DEFAULT_HASHING, ...hashing }),
    leakedPasswords: createHttpLeakedPasswords(outbound, clock),
    swiftRefresh: postgresSwiftRefresh,
    askVerificationHook: (visit, attempt) => judgeFactorAttempt(parts, visit, attempt),
    signToken: createNativeTokenSigner(),
    webAuthn: createSimpleWebAuthn(),
    providers: createOpenIdProviderClient({ outbound, now: clock }),
    now: clock,
    observe,
    knowsPublicUrl,
    mailbox,
  };
  return { parts, messaging, limits };
}

function addRoutes(
  app: FastifyInstance,
  parts: IdentityParts,
  protection: Omit<RouteProtection, 'now'>,
  deliverNow: DeliverNow | null,
): void {
  // Clients differ in the content type they send; a body is JSON here whatever it says.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, parts.observe));

  addOpenRoutes(app);
  addDevMailRoutes(app, parts.mailbox);
  readSettings(app, parts);
  protectRoutes(app, { ...protection, now: parts.now });
  keepSessionsInCookies(app);
  addVerifyRoutes(app, parts);
  addProviderRoutes(app, parts);
  addAbsentFeatureRoutes(app, { keyless: true });
  app.all('/*', (request) => {
    throw identityErrors.notFound({ method: request.method, path: request.url.split('?', 1)[0] ?? '' });
  });
  void app.register((keyed, _options, done) => {
    keyed.addHook('onRequest', refuseUnknownKey);
    addSettingsRoute(keyed, parts);
    addSignUpRoute(keyed, parts);
    addTokenRoute(keyed, parts);
    addSignOutRoute(keyed, parts);
    addUserRoutes(keyed, parts);
    addOwnSessionRoutes(keyed, parts);
    addOtpRoutes(keyed, parts);
    addInviteRoutes(keyed, parts);
    addIdentityRoutes(keyed, parts);
    addAdminUserRoutes(keyed, parts);
    addAdminSettingsRoutes(keyed, parts);
    addAdminRecordRoutes(keyed, parts);
    addAdminMailRoutes(keyed, parts, { limits: protection.limits, deliver: deliverNow });
    addOrganisationRoutes(keyed, parts);
    addMemberRoutes(keyed, parts);
    addPlaceRoutes(keyed, parts);
    addRecoveryCodeRoutes(keyed, parts);
    addFactorRoutes(keyed, parts);
    addPasskeyRoutes(keyed, parts);
    addAdminFactorRoutes(keyed, parts);
    addAbsentFeatureRoutes(keyed, { keyless: false });
    done();
  });
}

/** A bad token is for the endpoint to judge; a key nobody issued is refused before anything else. */
async function refuseUnknownKey(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const { refusal } = request.ashlar;
  if (refusal?.reason !== 'key-missing' && refusal?.reason !== 'key-unknown') return undefined;
  return sendRendered(reply, renderKeyRefusal(refusal));
}

/** An error of a handler in this service's words. */
export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  observe: Observe,
): FastifyReply {
  const failure = error instanceof AshlarError ? null : doorFailureOf(error);
  const rendered =
    failure === null || failure.kind === 'internal'
      ? renderError(error, apiVersionOf(request), request.ashlar.requestId)
      : identityContract.fail(failure, request);
  if (rendered.status === 500) {
    const { requestId, trace } = request.ashlar;
    observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: identityContract.name, error });
  }
  return sendRendered(reply, rendered);
}
