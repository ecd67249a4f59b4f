import { randomUUID } from 'node:crypto';
import type { AnyUseCase, Suite } from '@ashlar/kernel';
import {
  type Caller,
  createServiceApp,
  IDENTITY_HEADER,
  identityKey,
  JobRejection,
  type Project,
  type Projects,
  type Service,
  type ServiceApp,
  signIdentity,
} from '@ashlar/service';
import type { Observation } from '@ashlar/telemetry';
import { type SuiteProject, testProjectSettings } from '@ashlar/testing';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import Fastify, { type FastifyInstance } from 'fastify';
import { callUseCase } from './cli/call-use-case.ts';
import { createConnectService } from './grpc/connect-service.ts';
import { listenForGrpc } from './grpc/listen-for-grpc.ts';
import { graphqlDriver } from './graphql-driver.fixture.ts';
import { connectDrivers, grpcDriver } from './grpc-drivers.fixture.ts';
import { createSuiteService } from './http/suite-service.ts';
import type { InvocationCaller } from './invocation.ts';
import { suiteTasks } from './job/suite-tasks.ts';
import { createMcpService } from './mcp/mcp-service.ts';

/** What a client of some handler was told, in words all handlers share. */
export interface Told {
  readonly output?: unknown;
  readonly replayed?: boolean;
  readonly code?: string;
  /** Places of an input's faults. */
  readonly pointers?: readonly string[];
  readonly current?: unknown;
}

export interface Ask {
  readonly as: InvocationCaller;
  readonly key?: string;
  readonly dryRun?: boolean;
}

/** One way to a use case, as its real clients take it. */
export interface HandlerDriver {
  readonly name: string;
  /** Its clients cannot write what the contract has no type for. */
  readonly typed?: boolean;
  /** Whether its clients can ask for a dry run, give a key of their own, and be told what a key remembered. */
  readonly offers: ReadonlySet<'dry run' | 'key' | 'replayed' | 'current' | 'anon'>;
  call(useCase: AnyUseCase, input: object, ask: Ask): Promise<Told>;
}

const IDENTITY_SECRET = 'the secret between a gateway and its services';
const ALL = new Set(['dry run', 'key', 'replayed', 'current', 'anon'] as const);

/** Every handler of a suite on one project; services run behind the door's own signed identity. */
export interface Handlers extends AsyncDisposable {
  readonly drivers: readonly HandlerDriver[];
  readonly observed: readonly Observation[];
  readonly suiteApp: ServiceApp;
  /** Headers a gateway adds for this caller. */
  headersOf(service: string, as: InvocationCaller): Record<string, string>;
  /** A real client of the tools. */
  connectMcp(as: InvocationCaller): Promise<Client>;
  readonly grpcPort: number;
  readonly graphqlUrl: string;
}

export async function openHandlers(fixture: SuiteProject, suite: Suite): Promise<Handlers> {
  const { useCases, test } = fixture;
  const project: Project = {
    ref: test.ref,
    version: 1,
    keys: {
      jwtSecret: 'super-secret-jwt-token-with-at-least-32-characters-long',
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
  const projects: Projects = { peek: () => project, wake: async () => project };
  const observed: Observation[] = [];
  const observe = (observation: Observation): void => void observed.push(observation);
  const open = (service: Service): ServiceApp =>
    createServiceApp({ service, projects, identitySecret: IDENTITY_SECRET, observe });
  const suiteApp = open(createSuiteService({ suite, useCases, observe }));
  const mcpApp = open(createMcpService({ useCases, observe }));
  const suiteUrl = await suiteApp.listen({ host: '127.0.0.1', port: 0 });
  const mcpUrl = await mcpApp.listen({ host: '127.0.0.1', port: 0 });
  const gateway = identityKey(IDENTITY_SECRET);
  const headersOf: Handlers['headersOf'] = (service, as) => {
    const caller: Caller = {
      ...as,
      claimsJson: JSON.stringify({ ...as.claims, role: as.role }),
      via: as.role === 'anon' ? 'none' : 'token',
    };
    const identity = {
      caller,
      refusal: null,
      ref: test.ref,
      requestId: randomUUID(),
      publicUrl: 'http://127.0.0.1:8000',
      clientAddress: '203.0.113.7',
    };
    return { [IDENTITY_HEADER]: signIdentity(gateway, service, identity, Date.now()) };
  };
  const connectMcp: Handlers['connectMcp'] = async (as) => {
    const client = new Client({ name: 'test', version: '1' });
    const url = new URL('/mcp/v1/mcp', mcpUrl);
    const withIdentity: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      for (const [name, value] of Object.entries(headersOf('mcp', as))) headers.set(name, value);
      return fetch(input, { ...init, headers });
    };
    await client.connect(new StreamableHTTPClientTransport(url, { fetch: withIdentity }));
    return client;
  };
  // Its identity is told with each request, so one client of a caller is enough.
  const mcpClients = new Map<string, Promise<Client>>();
  const mcpOf = (as: InvocationCaller): Promise<Client> => {
    const who = JSON.stringify(as);
    const known = mcpClients.get(who) ?? connectMcp(as);
    mcpClients.set(who, known);
    return known;
  };
  const tasks = suiteTasks(suite, useCases, projects);
  const connectApp = open(createConnectService({ useCases, observe }));
  const connectUrl = await connectApp.listen({ host: '127.0.0.1', port: 0 });
  const door = openDoor(connectApp);
  const grpc = await listenForGrpc({ suites: [suite], door }, { host: '127.0.0.1', port: 0 });
  const asConnect = ({ as }: Ask): Record<string, string> => headersOf('connect', as);
  const overGrpc = await grpcDriver(suite, grpc.port, asConnect);

  const http: HandlerDriver = {
    name: 'HTTP',
    offers: ALL,
    async call(useCase, input, { as, key, dryRun }) {
      const [method = '', path = ''] = (useCase.on.http === false ? '' : (useCase.on.http ?? '')).split(' ');
      const left = new Map(Object.entries(input));
      const url = path.replaceAll(/:(\w+)/g, (_whole, member: string) => {
        const value = left.get(member);
        left.delete(member);
        return encodeURIComponent(String(value));
      });
      const rest = Object.fromEntries(left);
      const query = method === 'GET' ? `?${new URLSearchParams(rest).toString()}` : '';
      const response = await suiteApp.app.inject({
        // The routes of the fixture name one of the five.
        method: method as 'GET',
        url: `/${suite.name}/v1${url}${query}`,
        headers: {
          ...headersOf(suite.name, as),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...(dryRun === true ? { 'ashlar-dry-run': 'true' } : {}),
          ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        },
        ...(method === 'GET' ? {} : { payload: JSON.stringify(rest) }),
      });
      const body: unknown = response.json();
      if (response.statusCode === 200) {
        return { output: body, replayed: response.headers['idempotency-replayed'] === 'true' };
      }
      if (response.headers['content-type'] !== 'application/problem+json; charset=utf-8') {
        throw new Error(`Not a problem: ${response.body}`);
      }
      return toldProblem(body);
    },
  };

  const cli: HandlerDriver = {
    name: 'command line',
    offers: ALL,
    async call({ name }, input, { as, key, dryRun }) {
      const called = await callUseCase(useCases, name, JSON.stringify(input), {
        database: test.database,
        caller: as,
        via: 'cli',
        requestId: randomUUID(),
        idempotencyKey: key,
        dryRun: dryRun === true,
      });
      return called.exitCode === 0 ? called : toldProblem(called.problem);
    },
  };

  const mcp: HandlerDriver = {
    name: 'MCP',
    offers: new Set(['dry run', 'key', 'current', 'anon']),
    async call({ name, kind }, input, { as, key, dryRun }) {
      const client = await mcpOf(as);
      const more = kind === 'query' ? {} : { dry_run: dryRun, idempotency_key: key };
      const result = await client.callTool({ name: name.replace('.', '_'), arguments: { ...input, ...more } });
      const [content] = result.content as readonly { readonly text: string }[];
      const said: unknown = JSON.parse(content?.text ?? '{}');
      return result.isError === true ? toldProblem(said) : { output: result.structuredContent };
    },
  };

  const job: HandlerDriver = {
    name: 'job',
    offers: new Set(['anon']),
    async call({ name }, input, { as }) {
      const task = tasks.find((one) => one.name === name);
      if (task === undefined) throw new Error(`${name} is no task`);
      try {
        const payload = JSON.parse(JSON.stringify({ input, caller: as })) as unknown;
        return { output: await task.run(payload, jobRun(test.ref)) };
      } catch (error) {
        if (!(error instanceof JobRejection)) throw error;
        const [head = '', ...faults] = error.message.split('\n');
        return { code: head.split(':')[0] ?? '', pointers: faults.map((fault) => fault.split(' ')[0] ?? '') };
      }
    },
  };

  const graphqlUrl = `${suiteUrl}/${suite.name}/v1/graphql/${suite.name}`;
  const asSuite = ({ as }: Ask): Record<string, string> => headersOf(suite.name, as);
  const overGraphql = await graphqlDriver(graphqlUrl, { as: { role: 'anon', claims: {} } }, asSuite);

  return {
    graphqlUrl,
    drivers: [
      http,
      cli,
      mcp,
      job,
      ...connectDrivers(suite, `${connectUrl}/connect/v1`, asConnect),
      overGrpc,
      overGraphql,
    ],
    grpcPort: grpc.port,
    observed,
    suiteApp,
    headersOf,
    connectMcp,
    async [Symbol.asyncDispose]() {
      for (const client of mcpClients.values()) await (await client).close();
      overGrpc[Symbol.dispose]();
      await grpc.close();
      await Promise.all([suiteApp, mcpApp, connectApp, door].map((app) => app.close()));
    },
  };
}

/** What a gateway makes of paths, without its keys and limits. */
function openDoor({ app }: ServiceApp): FastifyInstance {
  const door = Fastify();
  door.removeAllContentTypeParsers();
  door.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  door.all('/*', async ({ method, url, headers, body }, reply) => {
    const {
      statusCode,
      headers: told,
      rawPayload,
    } = await app.inject({
      method: method as 'POST',
      url: `/connect/v1${url}`,
      headers,
      payload: body as Buffer,
    });
    return reply.code(statusCode).headers(told).send(rawPayload);
  });
  return door;
}

function jobRun(project: string): Parameters<ReturnType<typeof suiteTasks>[number]['run']>[1] {
  return {
    id: randomUUID(),
    project,
    authority: 'service_role',
    schedule: null,
    attempt: 1,
    maxAttempts: 1,
    signal: new AbortController().signal,
    progress: () => undefined,
    step: (_name, part) => part(),
  };
}

function toldProblem(body: unknown): Told {
  const {
    code,
    errors = [],
    current,
  } = body as {
    readonly code: string;
    readonly errors?: readonly { readonly pointer: string }[];
    readonly current?: unknown;
  };
  return { code, pointers: errors.map(({ pointer }) => pointer), ...(current === undefined ? {} : { current }) };
}
