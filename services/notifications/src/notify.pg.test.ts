import { createECDH, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { decrypt } from 'http_ece';
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ADA, BOB, createNotificationsFixture, type NotificationsFixture } from './notifications.fixture.ts';

let service: NotificationsFixture;
/** Speaks what Twilio, Resend and push services document. */
let provider: Server;
let baseUrl: string;
let asked: { readonly request: IncomingMessage; readonly body: Buffer }[] = [];
let status = 201;
const ada = { sub: ADA };

beforeAll(async () => {
  service = await createNotificationsFixture();
  provider = createServer(async (request, response) => {
    asked.push({ request, body: await buffer(request) });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 're_1', sid: 'SM1' }));
  });
  await new Promise<void>((resolve) => void provider.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
});
afterEach(async () => {
  asked = [];
  status = 201;
  service.receiver.received.length = 0;
  service.jobs.length = 0;
  await service.test.sql(
    ['messages', 'inbox', 'preferences', 'readers', 'devices', 'suppressions', 'settings', 'keys']
      .map((table) => `delete from notifications.${table}`)
      .join(';'),
  );
});
afterAll(async () => {
  provider.closeAllConnections();
  provider.close();
  await service[Symbol.asyncDispose]();
});

const put = (url: string, body: object, as: 'service' | { readonly sub: string } = 'service') =>
  service.ask({ method: 'PUT', url, body, as });
const post = (url: string, body: object, as: 'service' | { readonly sub: string } = 'service') =>
  service.ask({ method: 'POST', url, body, as });
const notify = (more: object = {}) =>
  post('/notify', {
    userId: ADA,
    data: { title: { en: 'Your order has shipped', ar: 'شُحن طلبك' }, body: 'It is on its way.', url: '/orders/7' },
    ...more,
  });
const messages = async () => (await service.ask({ url: '/messages' })).body.messages;

test('who chose nothing is told quietly: in the inbox alone', async () => {
  const { status: answered, body } = await notify();
  expect(answered).toBe(202);
  expect(body).toEqual({ inbox: expect.any(String), messages: [] });
  const { entries } = (await service.ask({ url: '/inbox', as: ada })).body;
  expect(entries).toMatchObject([
    { title: 'Your order has shipped', body: 'It is on its way.', url: '/orders/7', readAt: null },
  ]);
  expect((await service.ask({ url: '/inbox/unread', as: ada })).body).toEqual({ count: 1 });
  const [{ id }] = entries;
  const change = (given: object) => service.ask({ method: 'PATCH', url: `/inbox/${id}`, as: ada, body: given });
  expect((await change({ read: true })).body.readAt).not.toBeNull();
  expect((await change({ archived: true })).body.archivedAt).not.toBeNull();
  expect((await service.ask({ url: '/inbox', as: ada })).body.entries).toEqual([]);
  expect((await service.ask({ url: '/inbox?archived=true', as: ada })).body.entries).toHaveLength(1);
  expect((await change({})).status).toBe(400);
});

test('one call reaches every channel the reader wants, in their language', async () => {
  await put('/settings/sms', { twilio: { accountSid: 'AC1', authToken: 'secret', from: '+15005550006', baseUrl } });
  for (const channel of ['mail', 'sms'])
    await put('/preferences', { category: 'general', channel, enabled: true }, ada);
  await put('/preferences/locale', { locale: 'ar' }, ada);
  const told = await notify({ idempotencyKey: 'n-1' });
  expect((await notify({ idempotencyKey: 'n-1' })).body).toEqual(told.body);
  expect(told.body.messages).toHaveLength(2);
  await service.work();
  const [mail] = service.receiver.received;
  expect(service.receiver.received).toHaveLength(1);
  expect(mail?.to).toEqual(['ada@example.com']);
  expect(mail?.mail.subject).toBe('شُحن طلبك');
  expect(mail?.mail.html).toContain('https://shop.example.org/orders/7');
  expect(mail?.mail.html).toContain('dir="rtl"');
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.body.toString()))).toMatchObject({
    To: '+962790000000',
    Body: 'شُحن طلبك\nIt is on its way.\n/orders/7',
  });
  expect((await messages()).map(({ state }: { state: string }) => state)).toEqual(['sent', 'sent']);
  expect((await service.ask({ url: '/inbox', as: ada })).body.entries).toHaveLength(1);
});

test('SQL notifies in the transaction of its cause', async () => {
  const sql = `select notifications.notify('${ADA}', 'transactional', '{"title": "Receipt"}') as told`;
  await service.test.sql(`begin; set local role service_role; ${sql}; rollback`);
  expect(
    await service.test.sql('select 1 from notifications.inbox union all select 1 from notifications.messages'),
  ).toEqual([]);
  await service.as('service', sql);
  // What tells of the commit is the event; here nobody reads the log.
  service.jobs.push({
    task: 'notifications.send-due',
    key: 'x',
    repeat: 'keep',
    payload: { project: service.project.ref },
  });
  await service.work();
  expect(await messages()).toMatchObject([{ state: 'sent', channel: 'mail', template: 'notification', userId: ADA }]);
});

test('nobody switches off what is transactional; what was switched off meanwhile is not sent', async () => {
  expect(await put('/preferences', { category: 'transactional', channel: 'mail', enabled: false }, ada)).toMatchObject({
    status: 400,
  });
  await put('/preferences', { category: 'general', channel: 'mail', enabled: true }, ada);
  await notify();
  await put('/preferences', { category: 'general', channel: 'mail', enabled: false }, ada);
  await service.work();
  expect(await messages()).toMatchObject([{ state: 'suppressed', error: expect.stringContaining('switched') }]);
  const { categories } = (await service.ask({ url: '/preferences', as: ada })).body;
  expect(categories).toContainEqual({
    category: 'general',
    title: expect.objectContaining({ ar: 'الأخبار' }),
    transactional: false,
    channels: { inbox: true, mail: false, sms: false, push: false },
  });
});

test('an account without an address, or one that is gone, fails its message alone', async () => {
  await notify({ userId: BOB, category: 'transactional' });
  await service.work();
  expect(await messages()).toMatchObject([{ state: 'failed', error: 'the account has no confirmed address' }]);
});

test.each([
  [{ data: {} }],
  [{ data: { title: 'x', locale: 'fr' } }],
  [{ data: { title: 'x', url: 'javascript:alert(1)' } }],
  [{ data: { title: 'x', url: '//evil.example' } }],
  [{ category: 'none_such' }],
  [{ userId: 'ada' }],
  [{ data: { title: 'x', body: 'x'.repeat(9_000) } }],
])('a notification that makes no sense is refused (%#)', async (change) => {
  expect((await notify(change)).status).toBe(400);
});

test('the newest thousand notifications of a user are kept', async () => {
  await service.as(
    'service',
    `insert into notifications.inbox (user_id, title, created_at)
    select '${ADA}', 'n ' || n, now() - n * interval '1 second' from generate_series(1, 1100) n`,
  );
  await notify();
  expect(await service.test.sql('select count(*)::int as n from notifications.inbox')).toEqual([{ n: 1000 }]);
});

test('a push message is one that the browser can open, from the project it knows', async () => {
  const browser = createECDH('prime256v1');
  browser.generateKeys();
  const auth = randomBytes(16);
  const keys = { p256dh: browser.getPublicKey('base64url'), auth: auth.toString('base64url') };
  const registered = await post(
    '/devices',
    { endpoint: `${baseUrl}/push/1`, expirationTime: null, keys, name: 'Phone' },
    ada,
  );
  expect(registered.status).toBe(201);
  const { key } = (await service.ask({ url: '/push-key', as: ada })).body;
  await put('/preferences', { category: 'general', channel: 'push', enabled: true }, ada);
  await notify();
  await service.work();
  expect(await messages()).toMatchObject([
    { channel: 'push', state: 'sent', answer: expect.stringContaining('HTTP 201') },
  ]);
  const [{ request, body } = { request: undefined, body: Buffer.alloc(0) }] = asked;
  expect(request).toMatchObject({ method: 'POST', url: '/push/1' });
  expect(request?.headers).toMatchObject({ ttl: '86400', 'content-encoding': 'aes128gcm', urgency: 'normal' });
  // The reference implementation opens it.
  const opened = decrypt(body, { version: 'aes128gcm', privateKey: browser, authSecret: keys.auth });
  expect(JSON.parse(opened.toString())).toMatchObject({
    title: 'Your order has shipped',
    url: '/orders/7',
    category: 'general',
  });
  const [, token = '', named] = /^vapid t=([^,]+), k=(.+)$/.exec(request?.headers['authorization'] ?? '') ?? [];
  expect(named).toBe(key);
  expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256' });
  const point = Buffer.from(key, 'base64url');
  const publicKey = await importJWK(
    {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
    'ES256',
  );
  const { payload } = await jwtVerify(token, publicKey, { audience: baseUrl });
  expect(payload.sub).toBe('mailto:shop@example.org');

  // The browser ended its subscription: nothing is sent there again.
  status = 410;
  await notify();
  await service.work();
  expect((await service.ask({ url: '/devices', as: ada })).body.devices).toEqual([]);
  expect((await messages())[0]).toMatchObject({ state: 'failed', error: expect.stringContaining('410') });
});

test('a push service or provider within the house is not asked', async () => {
  const keys = {
    p256dh: Buffer.concat([Buffer.of(4), randomBytes(64)]).toString('base64url'),
    auth: randomBytes(16).toString('base64url'),
  };
  await post('/devices', { endpoint: 'http://[::ffff:10.0.0.1]/push', keys }, ada);
  await post(
    '/devices',
    { endpoint: 'https://localhost:1/push', keys: { ...keys, auth: randomBytes(16).toString('base64url') } },
    ada,
  );
  await put('/preferences', { category: 'general', channel: 'push', enabled: true }, ada);
  await put('/settings/mail', { http: { baseUrl: 'http://169.254.169.254', apiKey: 'k' } });
  await notify();
  await post('/mails', { to: 'x@example.com', subject: 'x', text: 'y' });
  await service.work();
  for (const message of await messages()) {
    expect(message.state).not.toBe('sent');
    expect(message.error).toEqual(expect.any(String));
  }
  expect(asked).toEqual([]);
});

test('a mail server of a project is asked at a public address, or at one the operator allows', async () => {
  const server = { port: service.receiver.port, tls: 'none' } as const;
  const hosts = ['127.0.0.2', '169.254.169.254', '::1'];
  for (const host of hosts) {
    await put('/settings/mail', { smtp: { ...server, host } });
    await post('/mails', { to: 'x@example.com', subject: host, text: 'y' });
  }
  await service.work();
  expect(await messages()).toMatchObject(
    hosts.map(() => ({ state: 'failed', error: expect.stringContaining('is not a public address') })),
  );
  expect(service.receiver.received).toEqual([]);
  await put('/settings/mail', { smtp: { ...server, host: '127.0.0.1' } });
  await post('/mails', { to: 'x@example.com', subject: 'allowed', text: 'y' });
  await service.work();
  expect(service.receiver.received.map(({ mail }) => mail.subject)).toEqual(['allowed']);
});

test('mails of a project leave by the provider it named; secrets are never shown', async () => {
  await put('/settings/mail', { senderAddress: 'own@shop.example', http: { baseUrl, apiKey: 're_secret' } });
  await post('/mails', { to: 'x@example.com', subject: 'x', text: 'y' });
  await service.work();
  expect(JSON.parse(asked[0]?.body.toString() ?? '')).toMatchObject({
    from: expect.stringContaining('<own@shop.example>'),
    to: ['x@example.com'],
    text: 'y',
  });
  expect(await messages()).toMatchObject([{ state: 'sent', providerId: 're_1' }]);
  expect((await service.ask({ url: '/settings/mail' })).text).not.toContain('re_secret');
  const [row] = await service.test.sql<{ value: string }>('select value::text from notifications.settings');
  expect(row?.value).not.toContain('re_secret');
  expect(await put('/settings/mail', { smtp: { host: 'x\r\nRCPT', port: 25 } })).toMatchObject({ status: 400 });
  expect(await put('/settings/mail', { senderName: 'x\r\nBcc: y@example.com' })).toMatchObject({ status: 400 });
});

test('one click ends a category, and only for who got the mail', async () => {
  await put('/categories/offers', { title: { en: 'Offers', ar: 'العروض' }, channels: ['mail'] });
  await post('/mails', { to: 'x@example.com', subject: 'Offer', text: 'y', category: 'offers' });
  await notify({ category: 'offers' });
  await post('/mails', { to: 'x@example.com', subject: 'Receipt', text: 'y' });
  await service.work();
  const headersOf = (subject: string) =>
    Object.fromEntries(
      service.receiver.received
        .find(({ mail }) => mail.subject === subject)
        ?.mail.headers.map(({ key, value }) => [key, value]) ?? [],
    );
  expect(headersOf('Receipt')['list-unsubscribe']).toBeUndefined();
  const links = ['Offer', 'Your order has shipped'].map((subject) => {
    const headers = headersOf(subject);
    expect(headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    return (
      /^<https:\/\/api\.example\.org\/notifications\/v1(\/unsubscribe\/.+)>$/.exec(
        headers['list-unsubscribe'] ?? '',
      )?.[1] ?? ''
    );
  });
  const click = (url: string, method: 'GET' | 'POST' = 'POST') =>
    service.ask({
      method,
      url,
      as: 'anon',
      headers: { 'accept-language': 'ar', 'content-type': 'application/x-www-form-urlencoded' },
      ...(method === 'POST' ? { body: 'List-Unsubscribe=One-Click' } : {}),
    });
  for (const link of links) {
    expect(await click(link, 'GET')).toMatchObject({
      status: 200,
      text: expect.stringContaining('<form method="post">'),
    });
  }
  expect(await service.test.sql('select 1 from notifications.suppressions')).toEqual([]);
  for (const link of links) expect((await click(link)).status).toBe(200);
  expect((await click(`${links[0]?.slice(0, -1)}`)).body).toMatchObject({ code: 'notifications.token_invalid' });
  service.receiver.received.length = 0;
  await post('/mails', { to: 'x@example.com', subject: 'Offer', text: 'y', category: 'offers' });
  expect((await notify({ category: 'offers' })).body.messages).toEqual([]);
  await post('/mails', { to: 'x@example.com', subject: 'Receipt', text: 'y' });
  await service.work();
  expect(service.receiver.received.map(({ mail }) => mail.subject)).toEqual(['Receipt']);
});

const report = (type: string, to: string, more: object = {}) =>
  JSON.stringify({ type, data: { email_id: 're_1', to: [to], ...more } });

test('a bounce or complaint that is signed ends all mails to its address', async () => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  await put('/settings/mail', { webhookSecret: secret });
  const tell = (body: string, at = new Date(), by = secret, prefix = 'svix') =>
    service.ask({
      method: 'POST',
      url: '/reports/mail',
      as: 'anon',
      body,
      headers: {
        [`${prefix}-id`]: 'msg_1',
        [`${prefix}-timestamp`]: String(Math.floor(at.getTime() / 1000)),
        [`${prefix}-signature`]: new Webhook(by).sign('msg_1', at, body),
      },
    });
  const bounced = report('email.bounced', 'Gone@Example.com', {
    bounce: { type: 'Permanent', message: 'no such mailbox' },
  });
  expect((await tell(bounced)).status).toBe(204);
  expect((await tell(report('email.complained', 'angry@example.com'), new Date(), secret, 'webhook')).status).toBe(204);
  expect((await tell(report('email.bounced', 'full@example.com', { bounce: { type: 'Transient' } }))).status).toBe(204);
  expect(
    (await tell(report('email.complained', 'x@example.com'), new Date(), `whsec_${randomBytes(32).toString('base64')}`))
      .status,
  ).toBe(401);
  expect((await tell(report('email.complained', 'x@example.com'), new Date(Date.now() - 600_000))).status).toBe(401);
  expect((await service.ask({ method: 'POST', url: '/reports/mail', as: 'anon', body: bounced })).status).toBe(401);
  expect((await service.ask({ url: '/suppressions' })).body.suppressions).toMatchObject([
    { address: 'angry@example.com', reason: 'complaint', category: '*' },
    { address: 'gone@example.com', reason: 'bounce', detail: 'no such mailbox' },
  ]);
  await post('/mails', { to: ['gone@example.com', 'x@example.com'], subject: 'x', text: 'y' });
  await service.work();
  expect(service.receiver.received.map(({ to }) => to[0])).toEqual(['x@example.com']);
  expect((await service.ask({ method: 'DELETE', url: '/suppressions?address=gone@example.com' })).status).toBe(204);
});
