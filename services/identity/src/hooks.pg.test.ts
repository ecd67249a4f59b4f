import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHmac } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { API_VERSION, createIdentityFixture, type Answer, type IdentityFixture } from './identity-fixture.ts';

const SECRET = `v1,whsec_${Buffer.from('a secret of 24 bytes ...').toString('base64')}`;

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as a receiver would
  readonly body: any;
}

let identity: IdentityFixture;
let receiver: Server;
let receiverUrl: string;
let received: Received[] = [];
let reply: (call: number) => { status?: number; headers?: Record<string, string>; body?: string; afterMs?: number };

beforeAll(async () => {
  identity = await createIdentityFixture({ auth: { anonymousEnabled: true } });
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers, text, body: JSON.parse(text) });
      const { status = 200, headers = {}, body = '{}', afterMs = 0 } = reply(received.length);
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
      }, afterMs);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
  receiver.closeAllConnections();
  await identity.close();
});
beforeEach(async () => {
  received = [];
  reply = () => ({});
  await identity.project.sql('delete from auth.users; delete from auth.settings');
  await heard(true);
});

/** A second setting, changed in the same commit and shown to everybody, tells when the change was heard of. */
let marker = true;
async function heard(wanted: boolean): Promise<void> {
  marker = wanted;
  await vi.waitFor(
    async () => {
      const { body } = await identity.ask({ method: 'GET', url: '/settings' });
      expect(body.external.anonymous_users).toBe(wanted);
    },
    { timeout: 30_000 },
  );
}

async function setHooks(hooks: Readonly<Record<string, string>>): Promise<void> {
  const value = Object.fromEntries(
    Object.entries(hooks).map(([name, uri]) => [name, { uri, ...(uri.startsWith('http') ? { secrets: SECRET } : {}) }]),
  );
  await identity.project.sql(
    `insert into auth.settings (section, value) values ('hooks', $1), ('general', $2)
     on conflict (section) do update set value = excluded.value`,
    [JSON.stringify(value), JSON.stringify({ anonymousEnabled: !marker })],
  );
  await heard(!marker);
}

const signUp = (email = 'ada@example.com'): Promise<Answer> =>
  identity.ask({ url: '/signup', body: { email, password: 'secret1' }, headers: API_VERSION });
const signIn = (password: string, email = 'ada@example.com'): Promise<Answer> =>
  identity.ask({ url: '/token?grant_type=password', body: { email, password }, headers: API_VERSION });

async function asOwner(sql: string): Promise<void> {
  await identity.project.database.transaction({ login: 'owner', role: 'postgres' }, async (tx) => {
    await tx.query(sql);
  });
}

const inSql = (name: string, body: string): Promise<void> =>
  asOwner(`create or replace function public.${name}(event jsonb) returns jsonb language plpgsql as $f$ ${body} $f$`);
const fn = (name: string): string => `pg-functions://postgres/public/${name}`;

test('a function adds claims, and sees how the session was proven', async () => {
  await inSql(
    'claims',
    `begin
       return jsonb_build_object('claims', event->'claims' || jsonb_build_object('shop', 7,
         'how', event->>'authentication_method', 'who', current_user, 'login', session_user));
     end`,
  );
  await setHooks({ customAccessToken: fn('claims') });
  const first = (await signUp()).body;
  expect(decodeJwt(first.access_token)).toMatchObject({ shop: 7, how: 'password', sub: first.user.id });
  const next = await identity.ask({
    url: '/token?grant_type=refresh_token',
    body: { refresh_token: first.refresh_token },
  });
  expect(decodeJwt(next.body.access_token)).toMatchObject({ how: 'token_refresh', who: 'postgres' });
  // Not a login that may become anything of the platform's.
  expect(decodeJwt(next.body.access_token)['login']).toBe(`${identity.project.ref}_owner`);
});

test('a function that tries to become another role of the platform fails', async () => {
  await inSql('climb', `begin perform set_config('role', 'supabase_auth_admin', true); return event; end`);
  await setHooks({ customAccessToken: fn('climb') });
  expect(await signUp()).toMatchObject({ status: 500, body: { code: 'unexpected_failure' } });
});

test.each([
  // Nothing to say about claims is no claims.
  [`return null`, 500],
  [`return '{}'`, 500],
  [`return jsonb_build_object('claims', event->'claims' - 'aal')`, 500],
  [`return jsonb_build_object('claims', event->'claims' || '{"sub": "somebody else"}')`, 500],
  [`return jsonb_build_object('claims', event->'claims' || '{"session_id": null}')`, 500],
  [`return jsonb_build_object('claims', event->'claims' || '{"exp": 99999999999}')`, 500],
  [`return jsonb_build_object('claims', event->'claims' || '{"role": 7}')`, 500],
  [`return jsonb_build_object('claims', event->'claims' || jsonb_build_object('x', repeat('x', 20000)))`, 500],
  [`return jsonb_build_object('claims', repeat('x', 2000000))`, 422],
  [`return '{"error": {"http_code": 403, "message": "not today"}}'`, 403],
  [`return '{"error": {"http_code": 200, "message": "odd"}}'`, 500],
  [`raise exception 'a secret of the function'`, 500],
  [`perform pg_sleep(10); return event`, 422],
])('claims by "%s" are answered with %i', async (body, status) => {
  await inSql('judge', `begin ${body}; end`);
  await setHooks({ customAccessToken: fn('judge') });
  const answer = await signUp();
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.body)).not.toContain('a secret of the function');
  expect(answer.body.access_token).toBeUndefined();
});

test('an earlier end of a token is told to the client too', async () => {
  await inSql(
    'short',
    `begin return jsonb_build_object('claims', event->'claims' || jsonb_build_object('exp', (event#>>'{claims,iat}')::int + 60)); end`,
  );
  await setHooks({ customAccessToken: fn('short') });
  const { body } = await signUp();
  expect(body).toMatchObject({ expires_in: 60, expires_at: decodeJwt(body.access_token).exp });
});

test('a receiver is called with a signature it can check, and its claims count', async () => {
  reply = () => ({ body: JSON.stringify({ claims: { ...received.at(-1)?.body.claims, plan: 'gold' } }) });
  await setHooks({ customAccessToken: receiverUrl });
  const { body } = await signUp();
  expect(decodeJwt(body.access_token)).toMatchObject({ plan: 'gold' });
  const [call] = received;
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = call?.headers ?? {};
  const key = Buffer.from(SECRET.slice('v1,whsec_'.length), 'base64');
  const wanted = createHmac('sha256', key)
    .update(`${String(id)}.${String(at)}.${call?.text}`)
    .digest('base64');
  expect(signature).toBe(`v1,${wanted}`);
});

test('a receiver that is busy is asked again with the same id, three times at most', async () => {
  reply = (call) => (call < 3 ? { status: 503, headers: { 'retry-after': 'true' } } : {});
  await setHooks({ beforeUserCreated: receiverUrl });
  expect((await signUp()).status).toBe(200);
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
}, 15_000);

test.each([
  ['busy without saying until when', { status: 503 }, 500, 'unexpected_failure'],
  ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 500, 'unexpected_failure'],
  ['a page', { headers: { 'content-type': 'text/html' }, body: '<p>' }, 400, 'hook_payload_invalid_content_type'],
  ['no JSON', { body: '{' }, 500, 'unexpected_failure'],
  ['too large', { body: JSON.stringify({ pad: 'x'.repeat(300_000) }) }, 422, 'hook_payload_over_size_limit'],
  ['a refusal', { body: '{"error": {"http_code": 422, "message": "No such domain"}}' }, 422, 'unknown'],
  ['late', { afterMs: 5500 }, 422, 'hook_timeout'],
])(
  'an answer that is %s refuses the sign-up',
  async (_what, given, status, code) => {
    reply = () => given;
    await setHooks({ beforeUserCreated: receiverUrl });
    expect(await signUp()).toMatchObject({ status, body: { code } });
    expect(await identity.project.sql('select from auth.users')).toEqual([]);
  },
  15_000,
);

test('a hook nobody can call refuses', async () => {
  for (const uri of ['http://example.org/x', 'https://user:pw@example.org/', 'pg-functions://other/a/b', 'nonsense']) {
    await setHooks({ beforeUserCreated: uri });
    expect(await signUp()).toMatchObject({ status: 500, body: { code: 'unexpected_failure' } });
  }
});

test('before an account is made the hook is asked, also where the address is taken', async () => {
  await setHooks({ beforeUserCreated: receiverUrl, afterUserCreated: receiverUrl });
  await signUp();
  await vi.waitFor(() => expect(received).toHaveLength(2), { timeout: 30_000 });
  expect(received.map(({ body }) => body.metadata.name)).toEqual(['before-user-created', 'after-user-created']);
  expect(received[0]?.body.user).toMatchObject({ email: 'ada@example.com', identities: [] });
  expect(received[0]?.body.user.id).toBe(received[1]?.body.user.id);
  await signUp();
  expect(received.map(({ body }) => body.metadata.name)).toHaveLength(3);
});

test('what happens after an account was made does not undo it', async () => {
  reply = () => ({ status: 500 });
  await setHooks({ afterUserCreated: receiverUrl });
  expect((await signUp()).status).toBe(200);
  await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 30_000 });
  await vi.waitFor(() => expect(identity.observed).toContainEqual(expect.objectContaining({ event: 'hook-failed' })), {
    timeout: 30_000,
  });
});

test('a hook judges attempts at a password, right and wrong', async () => {
  const { user } = (await signUp()).body;
  reply = () => ({ body: '{"decision": "continue"}' });
  await setHooks({ passwordVerificationAttempt: receiverUrl });
  expect((await signIn('secret1')).status).toBe(200);
  expect(await signIn('wrong12')).toMatchObject({ status: 400, body: { code: 'invalid_credentials' } });
  expect(received.map(({ body }) => ({ id: body.user_id, valid: body.valid }))).toEqual([
    { id: user.id, valid: true },
    { id: user.id, valid: false },
  ]);
  reply = () => ({ body: '{"decision": "reject", "message": "Come back tomorrow", "should_logout_user": true}' });
  expect(await signIn('secret1')).toMatchObject({
    status: 400,
    body: { code: 'invalid_credentials', message: 'Come back tomorrow' },
  });
  expect(await identity.project.sql('select from auth.sessions')).toEqual([]);
  reply = () => ({ body: '{"decision": "perhaps"}' });
  expect((await signIn('secret1')).status).toBe(500);
});
