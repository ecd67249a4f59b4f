import { createServiceApp, IDENTITY_HEADER, identityKey, type Project, signIdentity } from '@ashlar/service';
import { ignoreObservations } from '@ashlar/telemetry';
import { createTestProject, type TestProject, testProjectSettings } from '@ashlar/testing';
import { registryContract } from './contract.ts';
import { createRegistry } from './create-registry.ts';

const IDENTITY_SECRET = 'the secret between a gateway and its services';

export type As = 'service_role' | 'anon' | 'authenticated';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Parsed JSON, read by the tests as loosely as by a client; text where it is none. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface RegistryFixture extends AsyncDisposable {
  readonly test: TestProject;
  readonly project: Project;
  ask(
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    options?: { body?: unknown; as?: As; headers?: Record<string, string> },
  ): Promise<Answer>;
  /** Registers, by default with the secret key. */
  put(subject: string, version: string, document: unknown, more?: object): Promise<Answer>;
}

/** The real service on a real database, behind the door's own signed identity. */
export async function createRegistryFixture(): Promise<RegistryFixture> {
  const test = await createTestProject({ owners: [registryContract.schema].filter((owner) => owner !== null) });
  const keys = { jwtSecret: 'x'.repeat(40), anonKey: '', serviceRoleKey: '', publishableKeys: [], secretKeys: [] };
  const project: Project = {
    ref: test.ref,
    version: 1,
    keys: { ...keys, signingKey: null, verifyKeys: [] },
    database: test.database,
    settings: testProjectSettings(),
  };
  const service = createRegistry({ observe: ignoreObservations });
  const { app, close } = createServiceApp({
    service,
    projects: { peek: () => project, wake: async () => project },
    identitySecret: IDENTITY_SECRET,
    observe: ignoreObservations,
  });
  const door = identityKey(IDENTITY_SECRET);
  const ask: RegistryFixture['ask'] = async (method, url, { body, as = 'service_role', headers = {} } = {}) => {
    const identity = {
      caller: { role: as, claims: { role: as }, claimsJson: JSON.stringify({ role: as }), via: 'token' },
      refusal: null,
      ref: project.ref,
      requestId: 'request-1',
      publicUrl: 'http://127.0.0.1:8000',
      clientAddress: '203.0.113.7',
    } as const;
    const response = await app.inject({
      method,
      url: `/registry/v1${url}`,
      headers: {
        [IDENTITY_HEADER]: signIdentity(door, registryContract.name, identity, Date.now()),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const isJson = /json/.test(String(response.headers['content-type']));
    return {
      status: response.statusCode,
      headers: response.headers,
      body: isJson && response.body !== '' ? JSON.parse(response.body) : response.body,
    };
  };
  return {
    test,
    project,
    ask,
    put: (subject, version, document, more = {}) =>
      ask('PUT', `/subjects/${subject}/versions/${version}`, { body: { format: 'json-schema', document, ...more } }),
    async [Symbol.asyncDispose]() {
      await close();
      await service.close();
      await test.close();
    },
  };
}
