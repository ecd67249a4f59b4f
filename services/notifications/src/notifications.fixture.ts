import { setTimeout as delay } from 'node:timers/promises';
import { createOutbound } from '@ashlar/outbound';
import {
  type Caller,
  createServiceApp,
  IDENTITY_HEADER,
  identityKey,
  type Job,
  type Project,
  type Refusal,
  signIdentity,
} from '@ashlar/service';
import type { Observation } from '@ashlar/telemetry';
import {
  createTestProject,
  type MailReceiver,
  startMailReceiver,
  type TestProject,
  testProjectSettings,
} from '@ashlar/testing';
import type { Contact } from './application/contacts.ts';
import { notificationsContract } from './contract.ts';
import { createNotifications } from './create-notifications.ts';

const IDENTITY_SECRET = 'the secret between a gateway and its services';
const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';
export const ADA = '7f3b1c52-5d7a-4c0e-9a55-0d5c1f0a0001';
export const BOB = '7f3b1c52-5d7a-4c0e-9a55-0d5c1f0a0002';

/** Who asks: `service`, `anon`, or a user by subject. */
export type As = 'service' | 'anon' | { readonly sub: string };

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly as?: As;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly refusal?: Refusal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Parsed JSON, read by the tests as loosely as by a client; undefined for what is none. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface NotificationsFixture extends AsyncDisposable {
  readonly test: TestProject;
  readonly project: Project;
  readonly receiver: MailReceiver;
  readonly contacts: Map<string, Contact>;
  readonly observed: Observation[];
  /** Jobs nobody has done yet. */
  readonly jobs: Job[];
  ask(ask: Ask): Promise<Answer>;
  /** Does what jobs there are now, those of a later time too when they are due within the given time. */
  work(withinMs?: number): Promise<void>;
  /** Statements of one transaction as a role with a user's claims; the rows of the last. */
  as<Row extends Record<string, unknown>>(who: As, sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface FixtureOptions {
  readonly leaseMs?: number;
  readonly publicUrl?: string | null;
  readonly dev?: boolean;
}

/** The real service on a real database, with a real SMTP server; jobs are done when a test says so. */
export async function createNotificationsFixture(options: FixtureOptions = {}): Promise<NotificationsFixture> {
  const { schema } = notificationsContract;
  const test = await createTestProject({ owners: schema === null ? [] : [schema] });
  const receiver = await startMailReceiver();
  const smtp = { host: '127.0.0.1', port: receiver.port, user: '', password: '', tls: 'none' } as const;
  const project: Project = {
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
    settings: testProjectSettings({
      auth: {
        siteUrl: 'https://shop.example.org',
        mail: {
          senderName: 'متجر',
          senderAddress: 'shop@example.org',
          smtp: options.dev === true ? null : smtp,
          http: null,
        },
      },
    }),
  };
  const observed: Observation[] = [];
  const jobs: Job[] = [];
  const contacts = new Map<string, Contact>([[ADA, { email: 'ada@example.com', phone: '962790000000', locale: 'en' }]]);
  const outbound = createOutbound({ allow: ['127.0.0.1'], observe: () => undefined });
  const projects = { peek: () => project, wake: async () => project };
  const { publicUrl = 'https://api.example.org' } = options;
  const service = createNotifications({
    observe: (observation) => observed.push(observation),
    jobs: { add: async (added) => void jobs.push(...added) },
    projects,
    outbound,
    findContact: async (_project, id) => contacts.get(id) ?? null,
    publicUrl: () => publicUrl,
    ...(options.dev === undefined ? {} : { dev: options.dev }),
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    smtpTimeouts: { connectMs: 10_000, greetingMs: 10_000, silenceMs: 20_000, idleMs: 300 },
  });
  const { app, close } = createServiceApp({
    service,
    projects,
    identitySecret: IDENTITY_SECRET,
    observe: (observation) => observed.push(observation),
  });
  const door = identityKey(IDENTITY_SECRET);

  return {
    test,
    project,
    receiver,
    contacts,
    observed,
    jobs,
    async ask({ method = 'GET', url, as = 'service', body, headers, refusal = null }) {
      const identity = {
        caller: callerOf(as),
        refusal,
        ref: project.ref,
        requestId: 'request-1',
        publicUrl: 'https://api.example.org',
        clientAddress: '203.0.113.7',
      };
      const response = await app.inject({
        method,
        url: `/notifications/v1${url}`,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          [IDENTITY_HEADER]: signIdentity(door, notificationsContract.name, identity, Date.now()),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return {
        status: response.statusCode,
        headers: response.headers,
        text: response.body,
        body: parsed(response.body),
      };
    },
    async work(withinMs = 0) {
      // Jobs are added after the answer.
      await delay(20);
      const until = Date.now() + withinMs;
      const isDue = ({ runAt }: Job): boolean => (runAt?.getTime() ?? 0) <= until;
      for (let job = jobs.find(isDue); job !== undefined; job = jobs.find(isDue)) {
        jobs.splice(jobs.indexOf(job), 1);
        await delay(Math.max(0, (job.runAt?.getTime() ?? 0) - Date.now()));
        await service.tasks?.[0]?.run(job.payload, {
          id: '1',
          project: '',
          authority: 'service_role',
          schedule: null,
          progress: () => undefined,
          step: (_name, part) => part(),
          attempt: 1,
          maxAttempts: 1,
          signal: new AbortController().signal,
        });
      }
    },
    async as(who, sql, values = []) {
      const { role, claimsJson } = callerOf(who);
      await test.admin.query('begin');
      try {
        await test.admin.query(`set local role ${role}`);
        await test.admin.query(`select set_config('request.jwt.claims', $1, true)`, [claimsJson]);
        const { rows } = await test.admin.query(sql, [...values]);
        await test.admin.query('commit');
        return rows;
      } catch (error) {
        await test.admin.query('rollback');
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      await close();
      await service.close();
      await outbound.close();
      await receiver.close();
      await test.close();
    },
  };
}

function callerOf(as: As): Caller {
  const claims = typeof as === 'object' ? { role: 'authenticated', ...as } : { role: ROLES[as] };
  return { role: claims.role, claims, claimsJson: JSON.stringify(claims), via: 'token' };
}

const ROLES = { service: 'service_role', anon: 'anon' } as const;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
