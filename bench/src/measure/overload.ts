import type { Instance } from '../instance/instance.ts';
import { httpLoad, type LoadRequest } from '../load/http-load.ts';
import type { Effort } from './compare-scenario.ts';

export interface OverloadFigures {
  /** Answers per second on 32 connections, in the last second before and the first after. */
  readonly before: number;
  readonly after: number;
  /** Requests per second asked for meanwhile, and answered with 200. */
  readonly asked: number;
  readonly admitted: number;
  readonly admittedP99Ms: number;
  /** Answers of status 503, and those of them without Retry-After. */
  readonly refused: number;
  readonly withoutRetryAfter: number;
  /** Anything else: another status, a broken connection, no answer; and any failure in the second after. */
  readonly failures: number;
}

const CONNECTIONS = 2_000;
const USUAL_CONNECTIONS = 32;
const TIMES_CAPACITY = 2;
const LEAST_SECONDS = 4;
/** The generator prepares each request for each connection, and stands still for seconds if there are many. */
const DIFFERENT_REQUESTS = 2;

/** 2,000 connections that ask for twice what the server can do, and what is left of it a moment later. */
export async function measureOverload(
  instance: Instance,
  requests: readonly LoadRequest[],
  effort: Effort,
): Promise<OverloadFigures> {
  const { url } = instance;
  const usual = { url, requests, connections: USUAL_CONNECTIONS };
  const before = await httpLoad({ ...usual, seconds: 1 });
  const asked = Math.round(TIMES_CAPACITY * before.perSecond);
  const seconds = Math.max(effort.secondsPerRun, LEAST_SECONDS);
  const few = requests.slice(0, DIFFERENT_REQUESTS);
  const during = await httpLoad({ url, requests: few, connections: CONNECTIONS, seconds, rate: asked });
  const after = await httpLoad({ ...usual, seconds: 1 });
  const refused = during.byStatus.get(503) ?? 0;
  return {
    before: before.perSecond,
    after: after.perSecond,
    asked,
    admitted: during.perSecond,
    admittedP99Ms: during.p99Ms,
    refused,
    withoutRetryAfter: during.withoutRetryAfter,
    failures: during.failures - refused + before.failures + after.failures,
  };
}
