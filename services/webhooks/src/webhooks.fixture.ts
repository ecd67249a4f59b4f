import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutbound, type OutboundOptions } from '@ashlar/outbound';
import { createLogStream, deliverEvents } from '@ashlar/postgres';
import {
  type Caller,
  createServiceApp,
  IDENTITY_HEADER,
  identityKey,
  type Project,
  type Service,
  signIdentity,
} from '@ashlar/service';
import { ignoreObservations, type Observation } from '@ashlar/telemetry';
import { createTestProject, type TestProject, testProjectSettings } from '@ashlar/testing';
import { webhooksContract } from './contract.ts';
import { createWebhooks } from './create-webhooks.ts';
import type { DeliveryTerms } from './domain/retry-schedule.ts';

const IDENTITY_SECRET = 'the secret between a gateway and its services';
const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';

export type As = 'service_role' | 'anon' | 'authenticated';

export interface Answer {
  readonly status: number;
  /** Parsed JSON, read by the tests as loosely as by a client. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface WebhooksFixture extends AsyncDisposable {
  readonly test: TestProject;
  readonly project: Project;
  readonly service: Service;
  readonly observed: Observation[];
  ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown, as?: As): Promise<Answer>;
  /** Statements as the project's own administrator. */
  asOwner(sql: string): Promise<void>;
  emit(type: string, subject: string | null, data?: object): Promise<string>;
}

export interface FixtureOptions {
  readonly terms?: Partial<DeliveryTerms>;
  readonly outbound?: Partial<OutboundOptions>;
  /** Whether events are read, which takes a moment to begin; default true. */
  readonly events?: boolean;
}

/** A project as its services see it. */
export function projectOf(test: Pick<TestProject, 'ref' | 'database'>): Project {
  return {
    ref: test.ref,
    version: 1,
    keys: {
      jwtSecret: JWT_SECRET,
      anonKey: '',
      serviceRoleKey: '',
      publishableKeys: [],
      secretKeys: [],
      signingKey: null,
      verifyKeys: [],
    },
    database: test.database,
    settings: testProjectSettings(),
  };
}

/** The real service on a real database and its log, behind the door's own signed identity. */
export async function createWebhooksFixture(options: FixtureOptions = {}): Promise<WebhooksFixture> {
  const test = await createTestProject({ owners: [webhooksContract.schema].filter((owner) => owner !== null) });
  const project = projectOf(test);
  const observed: Observation[] = [];
  const observe = (observation: Observation): void => void observed.push(observation);
  const outbound = createOutbound({ allow: ['127.0.0.1'], observe, ...options.outbound });
  const service = createWebhooks({
    observe,
    outbound,
    ...(options.terms === undefined ? {} : { terms: options.terms }),
  });
  const { app, close } = createServiceApp({
    service,
    projects: { peek: () => project, wake: async () => project },
    identitySecret: IDENTITY_SECRET,
    observe,
  });
  const closeEvents = options.events === false ? async () => undefined : await serveEvents(test, project, service);
  const door = identityKey(IDENTITY_SECRET);

  return {
    test,
    project,
    service,
    observed,
    async ask(method, url, body, as = 'service_role') {
      const identity = {
        caller: callerOf(as),
        refusal: null,
        ref: project.ref,
        requestId: 'request-1',
        publicUrl: 'http://127.0.0.1:8000',
        clientAddress: '203.0.113.7',
      };
      const response = await app.inject({
        method,
        url: `/webhooks/v1${url}`,
        headers: {
          [IDENTITY_HEADER]: signIdentity(door, webhooksContract.name, identity, Date.now()),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      return { status: response.statusCode, body: response.body === '' ? null : JSON.parse(response.body) };
    },
    async asOwner(sql) {
      await test.sql(`set role postgres; ${sql}; reset role`);
    },
    async emit(type, subject, data = {}) {
      const [row] = await test.sql<{ id: string }>('select events.emit($1, $2, $3) as id', [type, subject, data]);
      return row?.id ?? '';
    },
    async [Symbol.asyncDispose]() {
      await close();
      await closeEvents();
      await service.close();
      await outbound.close();
      await test.close();
    },
  };
}

/** Reads the project's log and gives the service its events, as a process does. */
async function serveEvents(test: TestProject, project: Project, service: Service): Promise<() => Promise<void>> {
  const observe = ignoreObservations;
  const stream = createLogStream({ project: test.ref, access: test.cluster.admin(test.target.database), observe });
  const delivery = deliverEvents({
    project: test.ref,
    database: test.database,
    stream,
    observe,
    subscriptions: service.subscriptions?.(project) ?? [],
  });
  // What was emitted before is none of its business.
  while ((await test.sql('select from events.consumers')).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return async () => {
    await delivery.close();
    await stream.close();
    await stream.forget();
  };
}

function callerOf(role: As): Caller {
  return { role, claims: { role }, claimsJson: JSON.stringify({ role }), via: 'token' };
}

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
}

/** An HTTP server that notes what it gets. @param answer Default: 200 for everything. */
export async function startReceiver(
  answer: (received: Received, response: ServerResponse) => void = (_received, response) => response.end('thanks'),
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const one = { path: request.url ?? '', headers: request.headers, body, at: performance.now() };
      received.push(one);
      answer(one, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
