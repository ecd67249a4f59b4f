import type { FastifyInstance } from 'fastify';
import type { Service } from './service.ts';

/** Gives a service its place under each of its public names, encapsulated, with its body limit on every route. */
export function mountService(app: FastifyInstance, { contract, routes }: Service): void {
  for (const name of contract.publicNames) {
    void app.register(
      async (scope: FastifyInstance) => {
        scope.addHook('onRoute', (route) => {
          route.bodyLimit ??= contract.bodyLimitBytes;
        });
        await routes(scope);
      },
      { prefix: servicePrefix(name) },
    );
  }
}

/** Where version 1 of a public name answers, and what a mounted service's routes are relative to: `/rest/v1`. */
export function servicePrefix(publicName: string): string {
  return `/${publicName}/v1`;
}
