import { randomUUID } from 'node:crypto';
import {
  createServiceApp,
  IDENTITY_HEADER,
  identityKey,
  type Project,
  type Projects,
  type ServiceApp,
  signIdentity,
} from '@ashlar/service';
import { ignoreObservations as observe } from '@ashlar/telemetry';
import { SECRET_KEY, testProjectSettings } from '@ashlar/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { courier } from '../courier.fixture.ts';
import type { InvocationCaller } from '../invocation.ts';
import { suitesContract } from '../suites-service.ts';
import { addSagaRoutes, SAGAS } from './saga-service.ts';
import { createSagaStand, registry, type SagaStand } from './saga-stand.fixture.ts';

const IDENTITY_SECRET = 'the secret between a gateway and its services';
const SERVED = `/${SAGAS}/v1`;

let stand: SagaStand;
let service: ServiceApp;
let described: Json;
let reader: InvocationCaller;
const served: string[] = [];

// oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as by a client.
type Json = any;

beforeAll(async () => {
  stand = await createSagaStand();
  const { ref, database } = stand.project.test;
  const keys = { jwtSecret: '', anonKey: '', serviceRoleKey: '', publishableKeys: [], secretKeys: [] };
  const project: Project = {
    ref,
    version: 1,
    keys: { ...keys, signingKey: null, verifyKeys: [] },
    database,
    settings: testProjectSettings(),
  };
  const projects: Projects = { peek: () => project, wake: async () => project };
  const jobs = { add: async () => undefined };
  const routes = (app: FastifyInstance): void => {
    app.addHook('onRoute', ({ method, path }) => {
      if (method !== 'HEAD') served.push(`${String(method)} ${path.slice(SERVED.length).replace(/^\/$/, '') || '/'}`);
    });
    addSagaRoutes(app, { registry, jobs, observe });
  };
  const contract = { ...suitesContract([courier]), name: SAGAS, publicNames: [SAGAS], paths: {} };
  service = createServiceApp({
    service: { contract, routes, close: async () => undefined },
    projects,
    identitySecret: IDENTITY_SECRET,
    observe,
  });
  reader = await stand.project.addMember(['suites.sagas']);
  described = (await ask('GET', '/openapi.json')).body;
});
afterAll(async () => {
  await service?.app.close();
  await stand?.[Symbol.asyncDispose]();
});

async function ask(method: 'GET' | 'POST', path: string, body?: object, as: InvocationCaller = SECRET_KEY) {
  const identity = {
    caller: { ...as, claimsJson: JSON.stringify({ ...as.claims, role: as.role }), via: 'token' as const },
    refusal: null,
    ref: stand.project.test.ref,
    requestId: randomUUID(),
    publicUrl: 'http://127.0.0.1:8000',
    clientAddress: '203.0.113.7',
  };
  const response = await service.app.inject({
    method,
    url: `${SERVED}${path}`,
    headers: { [IDENTITY_HEADER]: signIdentity(identityKey(IDENTITY_SECRET), SAGAS, identity, Date.now()) },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: response.statusCode, type: response.headers['content-type'], body: response.json() };
}

/** What the document says of an answer, as whoever reads it would check it. */
function schemaOf(method: string, path: string, status: number): z.ZodType {
  const answer = described.paths[path][method.toLowerCase()].responses[String(status)];
  if (status === 200) return z.fromJSONSchema(answer.content['application/json'].schema);
  expect(answer.content['application/problem+json'].schema).toEqual({ $ref: '#/components/schemas/Problem' });
  return z.fromJSONSchema(described.components.schemas.Problem);
}

test('the document is valid and describes every route that is served, and no other', async () => {
  expect(await new Validator().validate(structuredClone(described))).toEqual({ valid: true });
  expect(described.servers).toEqual([{ url: 'http://127.0.0.1:8000/api/v1/sagas' }]);
  const routes = served.filter((route) => route !== 'GET /openapi.json').map((route) => route.replace(':id', '{id}'));
  const known = Object.entries<object>(described.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.toSorted()).toEqual(known.toSorted());
  expect(known).toHaveLength(5);
});

test('answers and refusals of every route are what the document says of them', async () => {
  const [stuck, fresh] = [randomUUID(), randomUUID()];
  await stand.mood(`load ${stuck}`, 'busy');
  await stand.tell(await stand.emit(stuck, 'placed', 'paid'));
  await stand.work(60_000);
  await stand.tell(await stand.emit(fresh, 'placed'));
  await stand.work();
  const id = (await stand.find(stuck))?.id ?? '';
  const other = (await stand.find(fresh))?.id ?? '';
  const none = randomUUID();
  const note = 'The van is gone';
  const asked: readonly (readonly [
    'GET' | 'POST',
    string,
    string,
    number,
    (object | undefined)?,
    InvocationCaller?,
  ])[] = [
    ['GET', '/', '/', 200],
    ['GET', '/', '/?status=needs_help&limit=1', 200],
    ['GET', '/', '/?limit=0', 422],
    ['GET', '/', '/', 403, undefined, await stand.project.addMember(['depot.read'])],
    ['GET', '/', '/', 401, undefined, { role: 'anon', claims: {} }],
    ['GET', '/{id}', `/${id}`, 200],
    ['GET', '/{id}', `/${none}`, 404],
    ['POST', '/{id}/retry', `/${id}/retry`, 200],
    ['POST', '/{id}/retry', `/${none}/retry`, 404],
    ['POST', '/{id}/retry', `/${id}/retry`, 403, undefined, reader],
    ['POST', '/{id}/settle', `/${id}/settle`, 200, { task: 'step:load', note }],
    ['POST', '/{id}/settle', `/${id}/settle`, 422, { task: 'step:load', note, more: 1 }],
    ['POST', '/{id}/undo', `/${other}/undo`, 200, { reason: note }],
    ['POST', '/{id}/undo', `/${other}/undo`, 422, {}],
  ];
  for (const [method, path, url, status, body, as] of asked) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other: they change what the next sees.
    const answer = await ask(method, url, body, as);
    expect([answer.status, `${method} ${url}`]).toEqual([status, `${method} ${url}`]);
    const judged = schemaOf(method, path, status).safeParse(answer.body);
    expect(judged.error?.issues ?? [], `${method} ${url}`).toEqual([]);
  }
  // What has ended is not steered.
  await stand.steer(fresh, { kind: 'undo', reason: note });
  await stand.work();
  const ended = await ask('POST', `/${other}/undo`, { reason: note });
  expect(ended).toMatchObject({ status: 409, type: expect.stringContaining('application/problem+json') });
  expect(schemaOf('POST', '/{id}/undo', 409).safeParse(ended.body).error).toBeUndefined();
  const detail = (await ask('GET', `/${id}`)).body;
  expect(detail.log.length).toBeGreaterThan(2);
  // A member nobody described would be noticed.
  expect(schemaOf('GET', '/{id}', 200).safeParse({ ...detail, more: 1 }).success).toBe(false);
});
