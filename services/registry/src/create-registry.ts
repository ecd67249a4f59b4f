import { sendRendered, type Service } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance } from 'fastify';
import { registryContract } from './contract.ts';
import { registryErrors } from './domain/registry-errors.ts';
import { addComparisonRoutes } from './routes/comparison-routes.ts';
import { addContractRoutes } from './routes/contract-routes.ts';
import { wireErrors } from './routes/wire-errors.ts';

export interface RegistryOptions {
  readonly observe: Observe;
}

/** The registry: contracts of a project by subject and version, and what their versions promise each other. */
export function createRegistry({ observe }: RegistryOptions): Service {
  return {
    contract: registryContract,
    routes(app) {
      addErrors(app, observe);
      addContractRoutes(app);
      addComparisonRoutes(app);
    },
    close: async () => undefined,
  };
}

function addErrors(app: FastifyInstance, observe: Observe): void {
  app.setErrorHandler((error, request, reply) => {
    const rendered = wireErrors.renderError(error);
    if (rendered.status === 500) {
      const { requestId, trace } = request.ashlar;
      observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: registryContract.name, error });
    }
    return sendRendered(reply, rendered);
  });
  app.setNotFoundHandler(async (request) => {
    throw registryErrors.routeUnknown({ method: request.method, path: request.url.split('?', 1)[0] ?? '' });
  });
}
