import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import {
  type Caller,
  createServiceApp,
  IDENTITY_HEADER,
  identityKey,
  type Project,
  type Refusal,
  signIdentity,
} from '@ashlar/service';
import type { Observation } from '@ashlar/telemetry';
import { createLogStream } from '@ashlar/postgres';
import { createTestProject, type TestProject, testProjectSettings } from '@ashlar/testing';
import { type RawData, WebSocket } from 'ws';
import type { TokenVerifier, Verdict } from './access/token-verifier.ts';
import { realtimeContract } from './contract.ts';
import { createRealtime } from './create-realtime.ts';
import type { RealtimeLimits } from './limits.ts';
import { isObject } from './wire/frame.ts';

const IDENTITY_SECRET = 'the secret between a gateway and its services';
const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';
const ANONYMOUS: Caller = { role: 'anon', claims: { role: 'anon' }, claimsJson: '{"role":"anon"}', via: 'none' };

/** A raw client, which may break every rule. */
export interface RawClient {
  readonly socket: WebSocket;
  /** Every frame so far: JSON parsed, bytes as they are. */
  readonly frames: unknown[];
  send(...frames: readonly unknown[]): void;
  /** The first frame that has this event and, where given, this reference. */
  heard(event: string, ref?: string): Promise<readonly unknown[]>;
  /** Resolves with the code the connection was closed with. */
  readonly closed: Promise<number>;
}

export interface RealtimeFixture extends AsyncDisposable {
  readonly project: TestProject;
  readonly observed: Observation[];
  readonly clock: { nowMs: number };
  /** Tokens that are worth nothing although their time is not over. */
  readonly revoked: Set<string>;
  token(claims: Readonly<Record<string, unknown>>): string;
  /** Opens a websocket; vsn 2.0.0 and the anon key unless told. */
  connect(options?: { readonly query?: string; readonly key?: string }): Promise<RawClient>;
  /** The status and body of a handshake that is refused. */
  refusal(query: string, headers?: Readonly<Record<string, string>>): Promise<{ status: number; body: unknown }>;
  post(url: string, body: unknown, options?: PostOptions): Promise<{ status: number; body: unknown }>;
}

export interface PostOptions {
  readonly token?: string;
  readonly refusal?: Refusal;
  readonly type?: string;
}

/** The real service on a real database, behind a door's signed identity. */
export async function createRealtimeFixture(
  limits: Partial<RealtimeLimits> = {},
  options: { readonly publicChannels?: boolean } = {},
): Promise<RealtimeFixture> {
  const schema = realtimeContract.schema;
  const testProject = await createTestProject({ owners: schema === null ? [] : [schema] });
  const served: Project = {
    ref: testProject.ref,
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
    database: testProject.database,
    settings: testProjectSettings(),
  };
  const observed: Observation[] = [];
  const clock = { nowMs: Date.now() };
  const revoked = new Set<string>();
  const verifier = verifierOf(revoked);
  const log = createLogStream({
    project: testProject.ref,
    access: testProject.cluster.admin(testProject.target.database),
    observe: (observation) => observed.push(observation),
  });
  const service = createRealtime({
    observe: (observation) => observed.push(observation),
    projects: { peek: () => served },
    tokens: verifier,
    logs: {
      listen: (_project, listener) => ({
        ...log.attach({
          name: listener.name,
          isDurable: false,
          onStart: (start) => listener.onStart(start),
          onBatch: (batch) => listener.onBatch(batch),
        }),
        // It hears of all tables.
        renew: () => Promise.resolve(0n),
      }),
    },
    limits,
    now: () => clock.nowMs,
    ...options,
  });
  const door = createServiceApp({
    service,
    projects: { peek: () => served, wake: async () => served },
    identitySecret: IDENTITY_SECRET,
    observe: (observation) => observed.push(observation),
  });
  const url = await door.listen({ host: '127.0.0.1', port: 0 });
  const key = identityKey(IDENTITY_SECRET);
  const clients: WebSocket[] = [];

  const identity = (caller: Caller = ANONYMOUS, refusal: Refusal | null = null): Record<string, string> => {
    const told = { ref: served.ref, requestId: 'r', publicUrl: url, clientAddress: '203.0.113.7', caller, refusal };
    return { [IDENTITY_HEADER]: signIdentity(key, 'realtime', told, Date.now()) };
  };
  const token: RealtimeFixture['token'] = (claims) => {
    const body = { role: 'authenticated', exp: Math.floor(clock.nowMs / 1000) + 3600, ...claims };
    const parts = [{ alg: 'HS256', typ: 'JWT' }, body].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signed = parts.join('.');
    return `${signed}.${signatureOf(signed)}`;
  };
  const open = (query: string, headers: Readonly<Record<string, string>> = {}): WebSocket => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/realtime/v1/websocket${query}`, {
      headers: { ...identity(), ...headers },
    });
    // A refused handshake is an error too.
    socket.on('error', () => undefined);
    clients.push(socket);
    return socket;
  };

  return {
    project: testProject,
    observed,
    clock,
    revoked,
    token,
    async connect({ query = 'vsn=2.0.0', key: apikey = token({ role: 'anon' }) } = {}) {
      const socket = open(`?apikey=${encodeURIComponent(apikey)}&${query}`);
      const client = rawClient(socket, query.includes('1.0.0'));
      await once(socket, 'open');
      return client;
    },
    refusal(query, headers) {
      const socket = open(query, headers);
      const { promise, resolve } = Promise.withResolvers<{ status: number; body: unknown }>();
      socket.on('unexpected-response', (_request, response) => {
        response.setEncoding('utf8');
        let body = '';
        response.on('data', (part: string) => (body += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(body) }));
      });
      return promise;
    },
    async post(path, body, { token: bearer, refusal, type = 'application/json' } = {}) {
      const caller = bearer === undefined ? ANONYMOUS : verifier.verify(served, bearer, clock.nowMs / 1000).caller;
      const response = await fetch(`${url}/realtime/v1${path}`, {
        method: 'POST',
        headers: { 'content-type': type, ...identity(caller, refusal ?? null) },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    },
    async [Symbol.asyncDispose]() {
      for (const socket of clients) socket.terminate();
      await door.close();
      await service.close();
      await log.close();
      await testProject.close();
    },
  };
}

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString() : '';
}

function rawClient(socket: WebSocket, isObjects: boolean): RawClient {
  const frames: unknown[] = [];
  const waiting = new Set<() => void>();
  const { promise: closed, resolve } = Promise.withResolvers<number>();
  socket.on('message', (data, isBinary) => {
    frames.push(isBinary ? data : JSON.parse(textOf(data)));
    for (const look of waiting) look();
  });
  socket.on('close', (code) => resolve(code));
  const asArray = (frame: unknown): readonly unknown[] => {
    if (!isObjects) return Array.isArray(frame) ? frame : [];
    const { join_ref, ref, topic, event, payload } = frame as Record<string, unknown>;
    return [join_ref, ref, topic, event, payload];
  };
  return {
    socket,
    frames,
    closed,
    send: (...sent) => {
      for (const frame of sent) {
        socket.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame));
      }
    },
    heard(event, ref) {
      const found = Promise.withResolvers<readonly unknown[]>();
      const look = (): void => {
        const frame = frames.map(asArray).find((one) => one[3] === event && (ref === undefined || one[1] === ref));
        if (frame === undefined) return;
        waiting.delete(look);
        found.resolve(frame);
      };
      waiting.add(look);
      look();
      return found.promise;
    },
  };
}

/** Judges tokens of the test's secret by signature alone; the service itself looks at role and time. */
function verifierOf(revoked: ReadonlySet<string>): TokenVerifier {
  return {
    ready: async () => undefined,
    verify: (_project, token) => {
      const [header, payload = '', signature] = token.split('.');
      if (signature === undefined || revoked.has(token)) return refused('token-malformed');
      if (signatureOf(`${header}.${payload}`) !== signature) return refused('token-unverifiable');
      const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
      const read = isObject(claims) ? claims : {};
      const role = typeof read['role'] === 'string' ? read['role'] : 'anon';
      const caller: Caller = { role, claims: read, claimsJson: JSON.stringify(read), via: 'token' };
      return { caller, refusal: null };
    },
  };
}

function refused(reason: Refusal['reason']): Verdict {
  return { caller: ANONYMOUS, refusal: { reason, message: 'This token is worth nothing' } };
}

function signatureOf(signed: string): string {
  return createHmac('sha256', JWT_SECRET).update(signed).digest('base64url');
}
