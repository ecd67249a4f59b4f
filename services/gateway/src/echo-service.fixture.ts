import type { Service, ServiceContract } from '@ashlar/service';

/** A contract whose errors show what the door said, so that tests see it unadorned. */
export function echoContract(options: Partial<ServiceContract> = {}): ServiceContract {
  const status = { malformed: 400, not_found: 404, method_not_allowed: 405, too_large: 413, rate_limited: 429 };
  const later = { internal: 500, unavailable: 503, timeout: 504 };
  return {
    name: 'echo',
    publicNames: ['rest'],
    caller: 'verified',
    bodyLimitBytes: 1000,
    schema: null,
    refuse: (refusal) => ({
      status: 401,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ echo: 'refused', ...refusal }),
    }),
    fail: ({ kind, message, retryAfterSeconds }) => ({
      status: { ...status, ...later }[kind],
      headers: {
        'content-type': 'application/json',
        ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      },
      body: JSON.stringify({ echo: 'failed', kind, message }),
    }),
    ...options,
  };
}

/** A service that answers with what reached it. */
export function echoService(options: Partial<ServiceContract> = {}): Service {
  const contract = echoContract(options);
  return {
    contract,
    routes: (app) => {
      app.get('/', (request, reply) => reply.send({ root: true, url: request.url }));
      app.get('/fail', () => {
        throw new Error('the disk at /var/lib/secret is full');
      });
      app.get('/slow/:ms', async (request, reply) => {
        // Safe: the route has exactly this parameter.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        const { ms } = request.params as { ms: string };
        await new Promise((resolve) => {
          setTimeout(resolve, Number(ms));
        });
        return reply.send({ slow: true });
      });
      app.route({
        method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
        url: '/things/*',
        handler: (request, reply) => {
          const { project, caller, refusal, requestId, trace, publicUrl, clientAddress } = request.ashlar;
          return reply.send({
            url: request.url,
            method: request.method,
            headers: request.headers,
            body: request.body,
            ref: project.ref,
            role: caller.role,
            via: caller.via,
            claimsJson: caller.claimsJson,
            refusal,
            requestId,
            traceId: trace.traceId,
            publicUrl,
            clientAddress,
          });
        },
      });
    },
    close: () => Promise.resolve(),
  };
}
