import type { SchemaOwner, Subscription } from '@ashlar/postgres';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Refusal } from './context.ts';
import type { Task } from './jobs.ts';
import type { Project } from './project.ts';

/** An answer in the words a service's own clients read. */
export interface RenderedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a failure is worded by. */
export type Asked = Pick<FastifyRequest, 'url' | 'headers'>;

/** What the door must know of a service, wherever it runs. A plain value: no resources behind it. */
export interface ServiceContract {
  readonly name: string;
  /** Public prefix of version 1: `rest` answers at `/rest/v1` and `/api/v1/rest`. */
  readonly publicNames: readonly string[];
  /** `verified`: refused callers never reach it. `optional`: it decides itself (context.refusal). */
  readonly caller: 'verified' | 'optional';
  /** Bytes of a request body the door lets through. */
  readonly bodyLimitBytes: number;
  readonly schema: SchemaOwner | null;
  /** The one project whose accounts it answers to, at the root alone; absent: every project's, at its own address. */
  readonly home?: string;
  /** Paths beside the prefixes, each with the public name it leads to: `/mcp` to `mcp`. */
  readonly paths?: Readonly<Record<string, string>>;
  /** Paths beside the prefix that lead to the service on a developer's machine, such as `/dev/mail`. */
  readonly devPaths?: readonly string[];
  /** The refusal in this service's own error form. */
  refuse(refusal: Refusal, request: FastifyRequest): RenderedError;
  /** Any other failure of the door on this service's paths: too large, rate limited, unavailable, not found. */
  fail(failure: DoorFailure, request: Asked): RenderedError;
}

export interface DoorFailure {
  readonly kind:
    | 'malformed'
    | 'too_large'
    | 'rate_limited'
    | 'unavailable'
    | 'timeout'
    | 'not_found'
    | 'method_not_allowed'
    | 'internal';
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** A service that runs in this process. */
export interface Service {
  readonly contract: ServiceContract;
  /**
   * Adds the routes, relative to the prefix (`/todos`, `/rpc/:name`), to an app on which `request.ashlar` is
   * set. The app is encapsulated: content parsers, hooks and error handlers added here stay the service's.
   */
  readonly routes: (app: FastifyInstance) => Promise<void> | void;
  /** Jobs the service does in the background, wherever it runs. */
  readonly tasks?: readonly Task[];
  /** What the service does about events of a project; asked once each time the project wakes. */
  readonly subscriptions?: (project: Project) => readonly Subscription[];
  close(): Promise<void>;
}
