import type { Outbound } from '@ashlar/outbound';
import type { Subscription } from '@ashlar/postgres';
import { sendRendered, type Service } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance } from 'fastify';
import { MORE_CHANNEL, PostgresDeliveryStore } from './adapters/postgres-delivery-store.ts';
import { endpointKey } from './adapters/sealed-endpoint.ts';
import { Deliverers } from './application/deliverers.ts';
import { fanOut } from './application/fan-out.ts';
import { webhooksContract } from './contract.ts';
import { DEFAULT_TERMS, type DeliveryTerms } from './domain/retry-schedule.ts';
import { webhookErrors } from './domain/webhook-errors.ts';
import { addDeliveryRoutes } from './routes/delivery-routes.ts';
import { addEndpointRoutes } from './routes/endpoint-routes.ts';
import { wireErrors } from './routes/wire-errors.ts';

export interface WebhooksOptions {
  readonly observe: Observe;
  readonly outbound: Outbound;
  readonly terms?: Partial<DeliveryTerms>;
  readonly clock?: () => Date;
}

/** Events turned into deliveries in one transaction. */
const FAN_OUT_BATCH = 200;

/** The webhooks service: what is committed in a project is told to addresses its administrators chose. */
export function createWebhooks(options: WebhooksOptions): Service {
  const { observe, outbound, clock: now = () => new Date() } = options;
  const terms = { ...DEFAULT_TERMS, ...options.terms };
  const deliverers = new Deliverers({
    outbound,
    terms,
    now,
    observe,
    openStore: (project) => new PostgresDeliveryStore(project().database, () => endpointKey(project().keys.jwtSecret)),
  });
  return {
    contract: webhooksContract,
    routes(app) {
      addErrors(app, observe);
      // Whoever is asked about deliveries makes them too.
      app.addHook('onRequest', async ({ ashlar }) => {
        if (ashlar.caller.role !== 'service_role') throw webhookErrors.accessDenied();
        deliverers.serve(ashlar.project);
      });
      addEndpointRoutes(app, { outbound, now });
      addDeliveryRoutes(app);
    },
    subscriptions(project) {
      deliverers.serve(project);
      return [subscription()];
    },
    close: () => deliverers.close(),
  };
}

/** Every event is looked at, because what endpoints want changes while it is served. */
function subscription(): Subscription {
  return {
    consumer: 'webhooks.fan-out',
    types: ['*'],
    effects: 'database',
    role: 'webhooks',
    maxBatch: FAN_OUT_BATCH,
    handleBatch: (events, { tx }) => fanOut(events, tx, MORE_CHANNEL),
  };
}

function addErrors(app: FastifyInstance, observe: Observe): void {
  app.setErrorHandler((error, request, reply) => {
    const rendered = wireErrors.renderError(error);
    if (rendered.status === 500) {
      const { requestId, trace } = request.ashlar;
      observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: webhooksContract.name, error });
    }
    return sendRendered(reply, rendered);
  });
  app.setNotFoundHandler(async (request) => {
    throw webhookErrors.routeUnknown({ method: request.method, path: request.url.split('?', 1)[0] ?? '' });
  });
}
