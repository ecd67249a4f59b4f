import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FinishedMail } from './finished-mail.ts';
import { sendMailByHttp } from './http-mailer.ts';
import { sendSmsByTwilio, type OutgoingText } from './twilio-sms.ts';

// Stand-ins that speak what the providers document.
let server: Server;
let baseUrl: string;
let asked: { readonly request: IncomingMessage; readonly body: string }[];
let answer: { status: number; body: string; headers?: Record<string, string> };

beforeEach(async () => {
  asked = [];
  answer = { status: 200, body: '{"id":"re_1"}' };
  server = createServer(async (request, response) => {
    asked.push({ request, body: await text(request) });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const never = new AbortController().signal;
const MAIL: FinishedMail = {
  from: { name: 'Ada "the" shop', address: 'shop@example.org' },
  to: 'ada@example.com',
  subject: 'Hello',
  html: '<p>Hello</p>',
  text: 'Hello',
  messageId: '<default.1.7@example.org>',
  idempotencyKey: 'default.1.7',
  date: new Date(),
  locale: 'en',
};
const SMS: OutgoingText = { to: '962790000000', channel: 'sms', text: 'رمزك 123456' };
const mail = () => sendMailByHttp({ baseUrl, apiKey: 're_key' }, MAIL, never);
const sms = (change: Partial<OutgoingText> = {}, from = '+15005550006') =>
  sendSmsByTwilio({ accountSid: 'AC1', authToken: 'secret', from, baseUrl }, { ...SMS, ...change }, never);

test('a mail goes to the provider with the key of the message', async () => {
  await expect(mail()).resolves.toEqual({ id: 're_1', answer: 'HTTP 200 {"id":"re_1"}' });
  expect(asked[0]?.request).toMatchObject({ method: 'POST', url: '/emails' });
  expect(asked[0]?.request.headers).toMatchObject({
    authorization: 'Bearer re_key',
    'idempotency-key': 'default.1.7',
    'content-type': 'application/json',
  });
  expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({
    from: String.raw`"Ada \"the\" shop" <shop@example.org>`,
    to: ['ada@example.com'],
    subject: 'Hello',
    headers: { 'Message-ID': '<default.1.7@example.org>' },
  });
});

test('a text message goes to the account, by number, service or WhatsApp', async () => {
  answer = { status: 201, body: '{"sid":"SM1","status":"queued"}' };
  await sms();
  await sms({ channel: 'whatsapp' });
  await sms({}, 'MG0123456789abcdef0123456789abcdef');
  expect(asked[0]?.request).toMatchObject({ method: 'POST', url: '/2010-04-01/Accounts/AC1/Messages.json' });
  expect(asked[0]?.request.headers['authorization']).toBe(`Basic ${Buffer.from('AC1:secret').toString('base64')}`);
  const forms = asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  expect(forms).toEqual([
    { To: '+962790000000', From: '+15005550006', Body: 'رمزك 123456' },
    { To: 'whatsapp:+962790000000', From: 'whatsapp:+15005550006', Body: 'رمزك 123456' },
    { To: '+962790000000', MessagingServiceSid: 'MG0123456789abcdef0123456789abcdef', Body: 'رمزك 123456' },
  ]);
});

test.each([
  [400, true],
  [422, true],
  [401, false],
  [429, false],
  [500, false],
  [503, false],
])('an answer %i is for good: %s', async (status, permanent) => {
  answer = { status, body: `{"code":21211,"message":"bad number +962790000000 for ada@example.com"}` };
  await expect(mail()).rejects.toMatchObject({ permanent });
  await expect(sms()).rejects.toMatchObject({ permanent });
});

test('what is said of a failure holds neither address nor number, and is short', async () => {
  answer = { status: 400, body: `nobody is +962790000000\r\n\u0000${'x'.repeat(100_000)}` };
  const failure: unknown = await sms().catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: expect.stringMatching(/^HTTP 400 nobody is \+… x{1,200}$/) as string });
  answer = { status: 422, body: 'ADA@example.com is no address' };
  await expect(mail()).rejects.toThrow('HTTP 422 … is no address');
});

test('credentials follow no redirect, and a provider that is away is tried again', async () => {
  answer = { status: 307, body: '', headers: { location: `${baseUrl}/elsewhere` } };
  await expect(mail()).rejects.toMatchObject({ permanent: false });
  expect(asked).toHaveLength(1);
  server.close();
  server.closeAllConnections();
  await expect(sms()).rejects.toMatchObject({ permanent: false });
});
