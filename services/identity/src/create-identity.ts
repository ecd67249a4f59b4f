import { AshlarError } from '@ashlar/kernel';
import { doorFailureOf, sendRendered, type Service } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { inPostgresTransaction } from './adapters/in-postgres-transaction.ts';
import { createJoseTokenSigner } from './adapters/jose-token-signer.ts';
import { createNativePasswordHasher, DEFAULT_HASHING, type HashingOptions } from './adapters/native-password-hasher.ts';
import type { IdentityParts } from './application/visit.ts';
import { apiVersionOf, identityContract } from './contract.ts';
import { identityErrors } from './domain/identity-errors.ts';
import { addAbsentFeatureRoutes } from './routes/absent-feature-routes.ts';
import { addAdminUserRoutes } from './routes/admin-user-routes.ts';
import { addOpenRoutes } from './routes/open-routes.ts';
import { addSettingsRoute } from './routes/settings-route.ts';
import { addSignOutRoute } from './routes/sign-out-route.ts';
import { addSignUpRoute } from './routes/sign-up-route.ts';
import { addTokenRoute } from './routes/token-route.ts';
import { addUserRoutes } from './routes/user-routes.ts';
import { renderError, renderKeyRefusal } from './routes/wire-errors.ts';

export interface IdentityOptions {
  readonly observe: Observe;
  readonly clock?: () => Date;
  /** Defaults cost about 70 ms of a core per sign-in; tests take less. */
  readonly hashing?: Partial<HashingOptions>;
}

/** The identity service: it holds no connection and no state but a queue of hashes and imported signing keys. */
export function createIdentity({ observe, clock = () => new Date(), hashing = {} }: IdentityOptions): Service {
  const parts: IdentityParts = {
    inTransaction: inPostgresTransaction,
    passwords: createNativePasswordHasher({ ...DEFAULT_HASHING, ...hashing }),
    signToken: createJoseTokenSigner(),
    now: clock,
    observe,
  };
  return {
    contract: identityContract,
    routes: (app) => addRoutes(app, parts),
    async close() {
      // Nothing to end: hashes under way finish on their own.
    },
  };
}

function addRoutes(app: FastifyInstance, parts: IdentityParts): void {
  // Clients differ in the content type they send; a body is JSON here whatever it says.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, parts.observe));

  addOpenRoutes(app);
  addAbsentFeatureRoutes(app, { keyless: true });
  app.all('/*', (request) => {
    throw identityErrors.notFound({ method: request.method, path: request.url.split('?', 1)[0] ?? '' });
  });
  void app.register((keyed, _options, done) => {
    keyed.addHook('onRequest', refuseUnknownKey);
    addSettingsRoute(keyed);
    addSignUpRoute(keyed, parts);
    addTokenRoute(keyed, parts);
    addSignOutRoute(keyed, parts);
    addUserRoutes(keyed, parts);
    addAdminUserRoutes(keyed, parts);
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

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, observe: Observe): FastifyReply {
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
