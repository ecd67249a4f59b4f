import { createTestProject, type TestProject, testProjectSettings } from '@ashlar/testing';
import { mountService, type Project, type RequestContext, type RestSettings } from '@ashlar/service';
import { ignoreObservations } from '@ashlar/telemetry';
import { createSnapshots } from '@ashlar/postgres';
import { type FastifyInstance, fastify } from 'fastify';
import { createData } from './create-data.ts';

export const REST_SETTINGS: RestSettings = testProjectSettings().rest;

/** A request as a test writes it. */
export interface Ask {
  readonly method?: string;
  readonly url: string;
  /** Role to ask as; the claims carry it and `sub`. */
  readonly role?: string;
  readonly sub?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: unknown;
}

/** An operation as a test writes it. */
export interface GraphqlAsk extends Pick<Ask, 'role' | 'sub' | 'headers'> {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

export interface DataApp extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly project: TestProject;
  ask(ask: Ask): Promise<Reply>;
  /** A GraphQL request; `url` is left out. */
  graphql(ask: GraphqlAsk): Promise<Reply>;
  /** Settings of the project from now on. */
  configure(rest: Partial<RestSettings>): void;
}

/** The data service over a database made by `sql`, with the caller each request names. */
export async function createDataApp(sql: string): Promise<DataApp> {
  const project = await createTestProject();
  await project.sql(`SET ROLE postgres; ${sql}; RESET ROLE`);
  const snapshots = createSnapshots({ observe: ignoreObservations });
  const data = createData({ observe: ignoreObservations, snapshots });
  let rest = REST_SETTINGS;
  let version = 1;
  const app = fastify({ bodyLimit: data.contract.bodyLimitBytes });
  app.decorateRequest('ashlar');
  app.addHook('onRequest', async (request) => {
    request.ashlar = contextOf(request.headers['x-role'], request.headers['x-sub']);
  });
  mountService(app, data);
  await app.ready();

  function contextOf(roleHeader: unknown, sub: unknown): RequestContext {
    const role = typeof roleHeader === 'string' ? roleHeader : 'anon';
    const claims = { role, ...(typeof sub === 'string' ? { sub } : {}) };
    // Only what the data service reads of a project is there: keys and accounts are other services' matter.
    const view = {
      ref: project.ref,
      version,
      database: project.database,
      keys: { publishableKeys: ['sb_publishable_test'] },
      settings: { requireApiKey: false, rest },
    } as unknown as Project;
    return {
      project: view,
      caller: { role, claims, claimsJson: JSON.stringify(claims), via: 'token' },
      refusal: null,
      requestId: 'test',
      trace: { traceId: '0'.repeat(32), spanId: '0'.repeat(16), sampled: false, tracestate: undefined },
      publicUrl: 'http://127.0.0.1:8000',
      clientAddress: '127.0.0.1',
    };
  }

  return {
    app,
    project,
    configure(changes) {
      rest = { ...rest, ...changes };
      version += 1;
    },
    ask: (ask) => send('/rest/v1', ask),
    graphql: ({ query, variables, ...caller }) =>
      send('/graphql/v1', { method: 'POST', url: '', body: { query, variables }, ...caller }),
    async [Symbol.asyncDispose]() {
      await app.close();
      await snapshots.close();
      await project.close();
    },
  };

  async function send(
    prefix: string,
    { method = 'GET', url, role = 'service_role', sub, headers = {}, body }: Ask,
  ): Promise<Reply> {
    const isText = typeof body === 'string' || Buffer.isBuffer(body);
    const response = await app.inject({
      // Any method may be tried, those Fastify has no type for too.
      method: method as 'GET',
      url: `${prefix}${url}`,
      headers: {
        'x-role': role,
        ...(sub === undefined ? {} : { 'x-sub': sub }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: isText ? body : JSON.stringify(body) }),
    });
    const text = response.body;
    return { status: response.statusCode, headers: response.headers, text, json: readJson(text) };
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
