import type { TableGraph } from '@ashlar/graphql';
import { must } from '@ashlar/kernel';
import {
  type JobQueue,
  type Project,
  type Projects,
  type RenderedError,
  sendRendered,
  type Service,
  type ServiceContract,
} from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance } from 'fastify';
import { suiteSubscriptions } from './event/suite-subscriptions.ts';
import { asGraphql } from './graphql/graphql-routes.ts';
import { asConnect, createConnectService } from './grpc/connect-service.ts';
import { createSuiteService } from './http/suite-service.ts';
import { suiteTasks } from './job/suite-tasks.ts';
import { createMcpService } from './mcp/mcp-service.ts';
import { renderDoorFailure, renderRefusal } from './problem/render-problem.ts';
import type { UseCases } from './runtime/create-use-cases.ts';
import { errandSubscriptions, errandTask } from './outside/errand-task.ts';
import type { Outside } from './outside/outside-context.ts';
import { resumeSagas } from './saga/resume-sagas.ts';
import { sagaRegistry } from './saga/saga-registry.ts';
import { addSagaRoutes, SAGAS } from './saga/saga-service.ts';
import { sagaSubscriptions } from './saga/saga-subscriptions.ts';
import { sagaTask } from './saga/saga-task.ts';
import type { StepRetry } from './saga/step-outcome.ts';
import { scheduleTask } from './schedule/schedule-task.ts';
import { suitesSchema } from './suites-schema.ts';

export interface SuitesServiceOptions {
  readonly useCases: UseCases;
  readonly projects: Projects;
  readonly jobs: JobQueue;
  /** What reads their tables over GraphQL. */
  readonly tables?: TableGraph | undefined;
  readonly observe: Observe;
  /** How suites reach what is not ours; without it nothing outside is asked. */
  readonly outside?: Outside;
  /** How steps of sagas are tried again; default: ten times within half an hour. */
  readonly sagaRetry?: StepRetry;
  readonly now?: () => Date;
}

/** A thousand lines of an order, with all their members. */
const BODY_LIMIT_BYTES = 2_097_152;
const MCP = 'mcp';
const CONNECT = 'connect';

/**
 * All suites are one service: each at `/api/v1/<suite>`, their tools together at `/mcp`, their procedures at `/connect`,
 * their sagas at `/api/v1/sagas`.
 */
export function suitesContract(suites: UseCases['suites']): ServiceContract {
  const isEmpty = suites.length === 0;
  const graphqlPaths = Object.fromEntries(suites.map(({ name }) => [`/graphql/${name}`, name]));
  return {
    name: 'suites',
    publicNames: isEmpty ? [] : [...suites.map(({ name }) => name), MCP, CONNECT, SAGAS],
    paths: isEmpty ? {} : { '/mcp': MCP, '/connect': CONNECT, ...graphqlPaths },
    // Hooks are called without a key; all the rest refuses such callers itself.
    caller: 'optional',
    bodyLimitBytes: BODY_LIMIT_BYTES,
    schema: suitesSchema,
    refuse: (refusal, { url }) => inWordsOf(url, renderRefusal(refusal)),
    fail: (failure, { url }) => inWordsOf(url, renderDoorFailure(failure)),
  };
}

/** Every handler of these suites that a server runs: routes, tools, jobs, schedules, subscriptions and sagas. */
export function createSuitesService(options: SuitesServiceOptions): Service {
  const { useCases, projects, jobs, tables, observe, outside = nothingOutside, sagaRetry, now } = options;
  const { suites, printer } = useCases;
  const clock = now ?? (() => new Date());
  const contract = suitesContract(suites);
  const registry = sagaRegistry(suites);
  const resuming = new Set<Promise<void>>();
  const resume = ({ ref, database }: Project): void => {
    if (registry.all.length === 0) return;
    const work = resumeSagas(ref, database, jobs)
      .catch((error: unknown) => observe({ kind: 'jobs.interrupted', error, retryInMs: 0 }))
      .finally(() => resuming.delete(work));
    resuming.add(work);
  };
  const routes = new Map([
    ...suites.map(
      (suite) =>
        [
          suite.name,
          createSuiteService({ suite, useCases, jobs, tables, printer, outside, now: clock, observe }).routes,
        ] as const,
    ),
    [MCP, createMcpService({ useCases, observe }).routes] as const,
    [CONNECT, createConnectService({ useCases, observe }).routes] as const,
    [SAGAS, (app: FastifyInstance) => addSagaRoutes(app, { registry, jobs, observe })] as const,
  ]);
  return {
    contract,
    // Mounted once for each public name, which is the first step of the prefix.
    routes: (app) => {
      const name = app.prefix.split('/')[1] ?? '';
      app.addHook('onRequest', async (request, reply) => {
        const { refusal } = request.ashlar;
        if (refusal === null || request.routeOptions.config.isHook === true) return undefined;
        return sendRendered(reply, contract.refuse(refusal, request));
      });
      return must(routes.get(name), `routes of ${name}`)(app);
    },
    tasks: [
      ...suites.flatMap((suite) => suiteTasks(suite, useCases, projects)),
      scheduleTask(useCases, projects),
      errandTask({ useCases, projects, jobs, outside, now: clock }),
      sagaTask({ registry, useCases, projects, jobs, observe, retry: sagaRetry, now }),
    ],
    subscriptions(project) {
      const { ref, database } = project;
      resume(project);
      return [
        ...suites.flatMap((suite) => suiteSubscriptions(suite, useCases, database)),
        ...suites.flatMap((suite) => errandSubscriptions(suite, jobs, ref)),
        ...sagaSubscriptions({ registry, jobs, project: ref, database }),
      ];
    },
    close: async () => void (await Promise.all([printer.close(), ...resuming])),
  };
}

const nothingOutside: Outside = {
  request: () => Promise.reject(new Error('Suites reach nothing outside of this process')),
};

/** What the door refuses, in the form the clients of a path read. */
function inWordsOf(url: string, rendered: RenderedError): RenderedError {
  if (url.startsWith(`/${CONNECT}/`)) return asConnect(rendered);
  return /^\/\w+\/v1\/graphql\//.test(url) ? asGraphql(rendered) : rendered;
}
