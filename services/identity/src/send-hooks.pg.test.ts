import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Job, JobRun, Task } from '@ashlar/service';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { SEND_MESSAGE } from './application/outbox-courier.ts';
import { createIdentityFixture, type Answer, type IdentityFixture } from './identity-fixture.ts';

const ADA = 'ada@example.com';
const SECRET = `v1,whsec_${Buffer.from('a secret of 24 bytes ...').toString('base64')}`;
const BASE = 'http://127.0.0.1:8000/p/shop/auth/v1';

interface Received {
  readonly headers: IncomingHttpHeaders;
  // oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as a receiver would
  readonly body: any;
}

let identity: IdentityFixture;
let tasks: readonly Task[] = [];
let jobs: Job[] = [];
let receiver: Server;
let uri: string;
let received: Received[] = [];
let answer: { status: number; body: string };

beforeAll(async () => {
  identity = await createIdentityFixture({
    auth: { autoconfirmEmail: false },
    // Nothing else could send: that a message may be asked for at all is the hooks' doing.
    dev: false,
    jobs: { add: async (added) => void jobs.push(...added) },
    onCreate: (service) => void (tasks = service.tasks ?? []),
  });
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  uri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/send`;
});
afterAll(async () => {
  receiver.close();
  receiver.closeAllConnections();
  await identity.close();
});
beforeEach(async () => {
  received = [];
  answer = { status: 200, body: '{}' };
  jobs = [];
  identity.observed.length = 0;
  identity.clock.now = new Date();
  await identity.project.sql('delete from auth.users; delete from auth.outbox; delete from auth.address_guards');
  await identity.configure('phone', { enabled: true });
  await identity.configure('hooks', { sendEmail: { uri, secrets: SECRET }, sendSms: { uri, secrets: SECRET } });
});

const ask = (url: string, body: object, token?: string): Promise<Answer> =>
  identity.ask({ url, body, ...(token === undefined ? {} : { token }) });

function jobRun(attempt: number): JobRun {
  return {
    id: 'job',
    project: '',
    authority: 'service_role',
    schedule: null,
    attempt,
    maxAttempts: 14,
    signal: new AbortController().signal,
    progress: () => undefined,
    step: (_name, part) => part(),
  };
}

/** Does the jobs of messages as the queue would, once; what one threw is returned. */
async function work(attempt = 1): Promise<unknown[]> {
  await vi.waitFor(() => expect(jobs.some(({ task }) => task === SEND_MESSAGE)).toBe(true), { timeout: 30_000 });
  await vi.waitFor(async () => expect(await identity.project.sql('select id from auth.outbox')).toEqual([]), {
    timeout: 30_000,
  });
  const run = jobRun(attempt);
  const thrown: unknown[] = [];
  for (const { task, payload } of jobs.filter((job) => job.task === SEND_MESSAGE)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as they were written
    await tasks
      .find(({ name }) => name === task)
      ?.run(payload, run)
      .catch((error: unknown) => thrown.push(error));
  }
  return thrown;
}

const kinds = (): string[] => identity.observed.map(({ kind }) => kind).filter((kind) => kind.startsWith('message.'));

test('a mail goes to the hook with all a receiver needs to write it, and its code works', async () => {
  const { body: user } = await ask('/signup', { email: ADA, password: 'secret1', data: { name: 'Ada' } });
  expect(await work()).toEqual([]);
  expect(received).toHaveLength(1);
  const [{ headers, body }] = received as [Received];
  expect(body.metadata).toMatchObject({ name: 'send-email', uuid: expect.stringMatching(/^[\da-f-]{36}$/) as string });
  expect(body.user).toMatchObject({ id: user.id, email: ADA, user_metadata: { name: 'Ada' } });
  expect(body.email_data).toEqual({
    token: expect.stringMatching(/^\d{6}$/) as string,
    token_hash: expect.stringMatching(/^[\da-f]{56}$/) as string,
    token_new: '',
    token_hash_new: '',
    redirect_to: expect.any(String) as string,
    email_action_type: 'signup',
    site_url: BASE,
  });
  expect(headers['webhook-signature']).toMatch(/^v1,/);
  const { token_hash } = body.email_data;
  expect((await ask('/verify', { type: 'signup', token_hash })).body.user).toMatchObject({ id: user.id });
  expect(kinds()).toEqual(['message.sent']);
});

test('a text message goes to its hook with the bare code', async () => {
  await ask('/otp', { phone: '+4915112345678' });
  expect(await work()).toEqual([]);
  expect(received[0]?.body).toMatchObject({
    metadata: { name: 'send-sms' },
    user: { phone: '4915112345678' },
    sms: { phone: '4915112345678', otp: expect.stringMatching(/^\d{6}$/) as string, channel: 'sms' },
  });
});

test('a function of the project can send', async () => {
  await identity.project.database.transaction({ login: 'owner', role: 'postgres' }, async (tx) => {
    await tx.query('create table if not exists public.mails (event jsonb)');
    await tx.query(`create or replace function public.send(event jsonb) returns jsonb language sql as
      $f$ insert into public.mails values (event); select '{}'::jsonb $f$`);
  });
  await identity.configure('hooks', { sendEmail: { uri: 'pg-functions://postgres/public/send' } });
  await ask('/otp', { email: ADA });
  expect(await work()).toEqual([]);
  const [mail] = await identity.project.sql<{ event: object }>('select event from public.mails');
  expect(mail?.event).toMatchObject({ user: { email: ADA }, email_data: { email_action_type: 'signup' } });
});

test('a receiver that is away is asked again by the queue, under the same id', async () => {
  await ask('/otp', { email: ADA });
  answer = { status: 503, body: '{}' };
  expect(await work()).toHaveLength(1);
  answer = { status: 200, body: '{"error": {"http_code": 429, "message": "later"}}' };
  expect(await work(2)).toHaveLength(1);
  answer = { status: 200, body: '{}' };
  expect(await work(3)).toEqual([]);
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(received.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(kinds()).toEqual(['message.delayed', 'message.delayed', 'message.sent']);
});

test('what a hook refuses is dropped, and the log does not hold the address', async () => {
  await ask('/otp', { email: ADA });
  answer = { status: 200, body: `{"error": {"http_code": 422, "message": "${ADA} is on the list"}}` };
  expect(await work()).toEqual([]);
  const dropped = identity.observed.find(({ kind }) => kind === 'message.dropped');
  expect(dropped).toMatchObject({ reason: '… is on the list' });
});

test('a message to an account that is gone is dropped', async () => {
  await ask('/otp', { email: ADA });
  await vi.waitFor(async () => expect(await identity.project.sql('select id from auth.outbox')).toEqual([]), {
    timeout: 30_000,
  });
  await identity.project.sql('delete from auth.users');
  expect(await work()).toEqual([]);
  expect(received).toEqual([]);
  expect(kinds()).toEqual(['message.dropped']);
});

test('a hook nobody can call delays', async () => {
  await ask('/otp', { email: ADA });
  await identity.configure('hooks', { sendEmail: { uri: 'http://example.org/x' } });
  expect(await work()).toHaveLength(1);
  expect(kinds()).toEqual(['message.delayed']);
});

test('a change of address that both mailboxes confirm is one call with both secrets', async () => {
  await ask('/admin/users', { email: ADA, password: 'secret1', email_confirm: true }, identity.serviceToken);
  const { body: session } = await ask('/token?grant_type=password', { email: ADA, password: 'secret1' });
  const changed = await identity.ask({
    method: 'PUT',
    url: '/user',
    body: { email: 'eva@example.com' },
    token: session.access_token,
  });
  expect(changed.status).toBe(200);
  expect(await work()).toEqual([]);
  expect(received).toHaveLength(1);
  const { user, email_data: data } = received[0]?.body ?? {};
  expect(user).toMatchObject({ email: ADA, new_email: 'eva@example.com' });
  expect(data).toMatchObject({ email_action_type: 'email_change', site_url: BASE });
  const verify = (email: string, token: string): Promise<Answer> =>
    ask('/verify', { type: 'email_change', email, token });
  expect((await verify(ADA, data.token)).status).toBe(200);
  expect((await verify('eva@example.com', data.token_new)).body.user.email).toBe('eva@example.com');
});

test('each half of a change has its hash under the name of the other', async () => {
  await ask('/admin/users', { email: ADA, password: 'secret1', email_confirm: true }, identity.serviceToken);
  const { body: session } = await ask('/token?grant_type=password', { email: ADA, password: 'secret1' });
  await identity.ask({ method: 'PUT', url: '/user', body: { email: 'eva@example.com' }, token: session.access_token });
  await work();
  const { token_hash: ofNew, token_hash_new: ofCurrent } = received[0]?.body.email_data ?? {};
  const rows = await identity.project.sql(
    `select token_type::text as type, token_hash as hash from auth.one_time_tokens order by token_type`,
  );
  expect(rows).toEqual([
    { type: 'email_change_token_new', hash: ofNew },
    { type: 'email_change_token_current', hash: ofCurrent },
  ]);
});

test('an invitation to an organisation is sent as long as it can be accepted', async () => {
  await ask('/admin/users', { email: ADA, password: 'secret1', email_confirm: true }, identity.serviceToken);
  const { body: session } = await ask('/token?grant_type=password', { email: ADA, password: 'secret1' });
  const { body: company } = await ask('/organisations', { slug: 'stone', name: { en: 'Stone' } }, session.access_token);
  const invited = await ask(
    `/organisations/${company.id}/invitations`,
    { email: 'eva@example.com', grants: [{ role: 'member' }] },
    session.access_token,
  );
  expect(invited.status).toBe(201);
  const expires = new Date(invited.body.expires_at);
  answer = { status: 503, body: '{}' };
  identity.clock.now = new Date(expires.getTime() - 1000);
  expect(await work()).toHaveLength(1);
  expect(received[0]?.body).toMatchObject({
    user: { email: 'eva@example.com' },
    email_data: {
      email_action_type: 'organisation_invite',
      organisation: 'Stone',
      expires: `${expires.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    },
  });
  identity.clock.now = new Date(expires.getTime() + 1000);
  expect(await work()).toEqual([]);
  expect(kinds()).toEqual(['message.delayed', 'message.dropped']);
});
