import { AshlarError, commonErrors, type SuiteHook } from '@ashlar/kernel';
import type { JobQueue } from '@ashlar/service';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { errandJob } from './errand-task.ts';
import { outsideContext, type OutsideParts } from './outside-context.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whoever calls proves it in a way of the route's own: no key of the project is asked for. */
    isHook?: boolean;
  }
}

export interface HookParts extends OutsideParts {
  readonly jobs: JobQueue;
}

/** Routes other programs call in their own way; what comes of it is left as a job, and they are answered at once. */
export function addHookRoutes(app: FastifyInstance, hooks: readonly SuiteHook[], parts: HookParts): void {
  if (hooks.length === 0) return;
  void app.register(async (part) => {
    part.removeAllContentTypeParsers();
    part.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const hook of hooks) {
      part.post(
        hook.route.slice('POST '.length),
        { bodyLimit: hook.bodyLimitBytes, config: { isHook: true } },
        async (request, reply) => {
          await receive(request, hook, parts);
          return reply.code(204).header('cache-control', 'no-store').send();
        },
      );
    }
  });
}

async function receive(request: FastifyRequest, hook: SuiteHook, parts: HookParts): Promise<void> {
  const { project, requestId } = request.ashlar;
  // Fastify's router gives texts.
  const params = request.params as Readonly<Record<string, string>>;
  const orgId = hook.orgOf(params);
  const nowhere = (): AshlarError => commonErrors.notFound({ what: 'hook', id: hook.name });
  if (orgId === null) throw nowhere();
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  let taken: Awaited<ReturnType<SuiteHook['receive']>>;
  try {
    const context = await outsideContext(parts, { project, orgId, requestId, via: 'hook' });
    taken = await hook.receive({ params, headers, body }, context);
  } catch (error) {
    // Who does not know the address is not told whether there is such an organisation or such a suite.
    const isElsewhere = error instanceof AshlarError && ELSEWHERE.has(error.code);
    throw isElsewhere ? nowhere() : error;
  }
  if (taken === null) return;
  const { errand, order } = taken;
  await parts.jobs.add([errandJob({ errand: errand.name, orgId, project: project.ref, order })]);
}

const ELSEWHERE: ReadonlySet<string> = new Set([commonErrors.orgMissing.code, commonErrors.suiteNotInstalled.code]);
