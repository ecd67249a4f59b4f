import { must } from '@ashlar/kernel';
import type { JobQueue, Projects, Service, ServiceContract } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { suiteSubscriptions } from './event/suite-subscriptions.ts';
import { createSuiteService } from './http/suite-service.ts';
import { suiteTasks } from './job/suite-tasks.ts';
import { createMcpService } from './mcp/mcp-service.ts';
import { renderDoorFailure, renderRefusal } from './problem/render-problem.ts';
import type { UseCases } from './runtime/create-use-cases.ts';
import { scheduleTask } from './schedule/schedule-task.ts';
import { suitesSchema } from './suites-schema.ts';

export interface SuitesServiceOptions {
  readonly useCases: UseCases;
  readonly projects: Projects;
  readonly jobs: JobQueue;
  readonly observe: Observe;
}

/** A thousand lines of an order, with all their members. */
const BODY_LIMIT_BYTES = 2_097_152;
const MCP = 'mcp';

/** All suites are one service: each at `/api/v1/<suite>`, their tools together at `/mcp`. */
export function suitesContract(suites: UseCases['suites']): ServiceContract {
  const isEmpty = suites.length === 0;
  return {
    name: 'suites',
    publicNames: isEmpty ? [] : [...suites.map(({ name }) => name), MCP],
    paths: isEmpty ? {} : { '/mcp': MCP },
    caller: 'verified',
    bodyLimitBytes: BODY_LIMIT_BYTES,
    schema: suitesSchema,
    refuse: (refusal) => renderRefusal(refusal),
    fail: (failure) => renderDoorFailure(failure),
  };
}

/** Every handler of these suites that a server runs: routes, tools, jobs, schedules and subscriptions. */
export function createSuitesService({ useCases, projects, jobs, observe }: SuitesServiceOptions): Service {
  const { suites } = useCases;
  const routes = new Map([
    ...suites.map((suite) => [suite.name, createSuiteService({ suite, useCases, jobs, observe }).routes] as const),
    [MCP, createMcpService({ useCases, observe }).routes] as const,
  ]);
  return {
    contract: suitesContract(suites),
    // Mounted once for each public name, which is the first step of the prefix.
    routes: (app) => {
      const name = app.prefix.split('/')[1] ?? '';
      return must(routes.get(name), `routes of ${name}`)(app);
    },
    tasks: [...suites.flatMap((suite) => suiteTasks(suite, useCases, projects)), scheduleTask(useCases, projects)],
    subscriptions: ({ database }) => suites.flatMap((suite) => suiteSubscriptions(suite, useCases, database)),
    close: async () => undefined,
  };
}
