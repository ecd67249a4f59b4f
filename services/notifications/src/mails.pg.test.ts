import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createNotificationsFixture, type NotificationsFixture } from './notifications.fixture.ts';

let service: NotificationsFixture;

beforeAll(async () => {
  service = await createNotificationsFixture();
});
afterEach(async () => {
  service.receiver.received.length = 0;
  service.receiver.answers.length = 0;
  service.jobs.length = 0;
  await service.test.sql(
    `delete from notifications.messages; delete from notifications.keys; delete from notifications.templates`,
  );
});
afterAll(() => service[Symbol.asyncDispose]());

const post = (url: string, body: object, headers = {}) => service.ask({ method: 'POST', url, body, headers });
const MAIL = { to: 'ada@example.com', subject: 'Hello', html: '<p>Hello <b>Ada</b></p>' };

test('a mail is queued, sent and told of with the answer of the server', async () => {
  const { status, body } = await post('/mails', {
    ...MAIL,
    to: ['Ada@Example.com', 'bob@example.com'],
    headers: { 'X-Order': 'o-1' },
  });
  expect(status).toBe(202);
  expect(body.messages).toMatchObject([{ recipient: 'ada@example.com' }, { recipient: 'bob@example.com' }]);
  await service.work();
  const [{ id }] = body.messages;
  expect(service.receiver.received).toHaveLength(2);
  const got = service.receiver.received.find(({ to }) => to[0] === 'ada@example.com');
  expect(got?.to).toEqual(['ada@example.com']);
  expect(got?.mail).toMatchObject({
    subject: 'Hello',
    from: { name: 'متجر', address: 'shop@example.org' },
    messageId: `<${id}@example.org>`,
    text: 'Hello Ada\n',
  });
  expect(got?.raw).toContain('X-Order: o-1');
  expect((await service.ask({ url: `/messages/${id}` })).body).toMatchObject({
    state: 'sent',
    attempts: 1,
    answer: expect.stringContaining('SMTP 250'),
    error: null,
    history: [{ attempt: 1, state: 'sent' }],
  });
  expect((await service.ask({ url: '/messages?state=sent&recipient=bob@example.com' })).body.messages).toHaveLength(1);
});

test('a transaction that is rolled back sends nothing, one that commits does', async () => {
  await service.test.admin.query('begin');
  await service.test.sql(
    `set local role service_role; select notifications.send_mail('{a@example.com}', subject => 'x', body => 'y')`,
  );
  await service.test.admin.query('rollback');
  const count = `select count(*)::int from events.log where type = 'app.notifications.queued'`;
  const [before] = await service.test.sql<{ count: number }>(count);
  await service.as(
    'service',
    `select notifications.send_mail('{b@example.com}', subject => 'x', body => 'y'),
            notifications.send_mail('{c@example.com}', subject => 'x', body => 'y')`,
  );
  const [after] = await service.test.sql<{ count: number }>(count);
  // One wake-up for the whole transaction.
  expect(after?.count).toBe((before?.count ?? 0) + 1);
  expect(await service.test.sql('select recipient from notifications.messages order by 1')).toEqual([
    { recipient: 'b@example.com' },
    { recipient: 'c@example.com' },
  ]);
});

test('one key is one mail, and another mail under it is refused', async () => {
  const first = await post('/mails', { ...MAIL, idempotencyKey: 'k-1' });
  const second = await post('/mails', MAIL, { 'idempotency-key': 'k-1' });
  expect(second.body).toEqual(first.body);
  expect(await post('/mails', { ...MAIL, subject: 'Other', idempotencyKey: 'k-1' })).toMatchObject({
    status: 409,
    body: { code: 'notifications.conflict' },
  });
  await service.work();
  expect(service.receiver.received).toHaveLength(1);
});

test.each([
  ['subject', { subject: 'Hello\r\nBcc: eve@example.com' }],
  ['subject', { subject: 'Hello\u2028Bcc: eve@example.com' }],
  ['to', { to: 'ada@example.com\r\nBcc: eve@example.com' }],
  ['to', { to: 'ada@example.com, eve@example.com' }],
  ['to', { to: 'Ada <ada@example.com>' }],
  ['to', { to: '"a b"@example.com' }],
  ['to', { to: [] }],
  ['to', { to: Array.from({ length: 51 }, (_, index) => `a${index}@example.com`) }],
  ['replyTo', { replyTo: 'ada@example.com\nX: y' }],
  ['headers', { headers: { 'X-A': 'b\r\nBcc: eve@example.com' } }],
  ['headers', { headers: { 'X-A\r\nBcc': 'eve@example.com' } }],
  ['headers', { headers: { Bcc: 'eve@example.com' } }],
  ['headers', { headers: { 'List-Unsubscribe': '<https://evil.example>' } }],
  ['headers', { headers: { 'Content-Type': 'text/plain' } }],
  ['html', { html: 'x'.repeat(200_001) }],
  ['category', { category: 'none_such' }],
  ['template', { template: 'x' }],
  ['send_at', { sendAt: '2999-01-01T00:00:00Z' }],
  ['whatever', { whatever: 1 }],
])('a mail with a %s it cannot have is refused (%#)', async (word, change) => {
  const { status, body } = await post('/mails', { ...MAIL, ...change });
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'notifications.request_invalid', message: expect.stringContaining(word) });
});

test.each([
  [`notifications.send_mail(array[E'a@example.com\\r\\nBcc: e@example.com'], subject => 'x', body => 'y')`],
  [`notifications.send_mail('{a@example.com}', subject => E'x\\r\\nBcc: e@example.com', body => 'y')`],
  [`notifications.send_mail('{a@example.com}', subject => 'x', body => 'y', headers => '{"Bcc": "e@example.com"}')`],
  [
    `notifications.send_mail('{a@example.com}', subject => 'x', body => 'y', headers => '{"X-A": "b\\nBcc: e@example.com"}')`,
  ],
  [`notifications.send_mail('{a@example.com}', subject => 'x', body => 'y', reply_to => E'b@example.com\\nX: y')`],
  [`notifications.send_mail('{}', subject => 'x', body => 'y')`],
  [`notifications.send_mail('{a@example.com}', subject => 'x')`],
  [`notifications.send_mail('{a@example.com}', template => 'Bad Name')`],
])('SQL is refused the same: %s', async (call) => {
  await expect(service.as('service', `select ${call}`)).rejects.toMatchObject({
    code: expect.stringMatching(/^22023|23514$/),
  });
});

test('a refusal for good ends a mail, one for now is tried again, and both can be replayed', async () => {
  const { answers, offered } = service.receiver;
  answers[offered] = 550;
  answers[offered + 1] = 451;
  const { body } = await post('/mails', MAIL);
  await service.work();
  const [{ id }] = body.messages;
  expect((await service.ask({ url: `/messages/${id}` })).body).toMatchObject({
    state: 'failed',
    error: expect.stringMatching(/^SMTP EMESSAGE 550 no, not for …/),
  });
  expect((await post(`/messages/${id}/cancel`, {})).body.code).toBe('notifications.not_waiting');
  expect((await post(`/messages/${id}/replay`, {})).status).toBe(200);
  await service.work();
  expect((await service.ask({ url: `/messages/${id}` })).body).toMatchObject({ state: 'queued', attempts: 1 });
  expect(service.jobs.some(({ runAt }) => (runAt?.getTime() ?? 0) > Date.now() + 20_000)).toBe(true);
  await service.test.sql('update notifications.messages set due_at = now()');
  service.jobs.length = 0;
  expect((await post(`/messages/${id}/replay`, {})).body.code).toBe('notifications.not_over');
  await post('/mails', { ...MAIL, to: 'bob@example.com' });
  await service.work();
  const { body: sent } = await service.ask({ url: `/messages/${id}` });
  expect(sent).toMatchObject({ state: 'sent', attempts: 2, replays: 1 });
  expect(sent.history).toHaveLength(3);
  expect(service.receiver.received.find(({ to }) => to[0] === 'ada@example.com')?.mail.messageId).toBe(
    `<${id}.1@example.org>`,
  );
});

test('a mail that waits can be cancelled, and is then never sent', async () => {
  const sendAt = new Date(Date.now() + 400).toISOString();
  const { body } = await post('/mails', { ...MAIL, sendAt });
  const later = await post('/mails', { ...MAIL, to: 'later@example.com', sendAt });
  expect((await post(`/messages/${body.messages[0].id}/cancel`, {})).body).toMatchObject({ state: 'cancelled' });
  await service.work();
  expect(service.receiver.received).toHaveLength(0);
  await service.work(2_000);
  expect(service.receiver.received.map(({ to }) => to[0])).toEqual(['later@example.com']);
  expect((await service.ask({ url: `/messages/${later.body.messages[0].id}` })).body.state).toBe('sent');
});

test('a template that cannot be filled in fails its own mail with a reason, and others go out', async () => {
  await service.ask({
    method: 'PUT',
    url: '/templates/receipt',
    body: {
      en: { subject: 'Order {{ .Data.order }}', html: '<p>Total {{ .Data.total }}</p>' },
      ar: {
        subject: 'طلب {{ .Data.order }}',
        html: '<p dir="rtl">{{ .Data.total }}</p>',
        text: 'المجموع {{ .Data.total }}',
      },
    },
  });
  // A template nobody could have checked.
  await service.test.sql(
    `select notifications.put_template('broken', '{"en": {"subject": "x", "html": "{{ range .X }}"}}')`,
  );
  await post('/mails', { to: 'a@example.com', template: 'broken' });
  await post('/mails', { to: 'b@example.com', template: 'none_such' });
  await post('/mails', { to: 'c@example.com', template: 'notification', data: { body: 'no title' } });
  await post('/mails', {
    to: 'd@example.com',
    template: 'receipt',
    locale: 'ar',
    data: { order: 'o-7\r\nBcc: eve@example.com', total: '<b>7</b>' },
  });
  await post('/mails', {
    to: 'e@example.com',
    template: 'recovery',
    data: { confirmation_url: 'javascript:alert(1)' },
  });
  await post('/mails', {
    to: 'f@example.com',
    template: 'recovery',
    data: { confirmation_url: 'https://x.example/y', token: '123456' },
  });
  await service.work();
  const { body } = await service.ask({ url: '/messages' });
  const by = Object.fromEntries(body.messages.map((message: { recipient: string }) => [message.recipient[0], message]));
  expect(by['a']).toMatchObject({ state: 'failed', error: expect.stringContaining('Template broken, version 1 (en)') });
  expect(by['b']).toMatchObject({ state: 'failed', error: 'There is no template none_such' });
  expect(by['c']).toMatchObject({ state: 'failed', error: expect.stringContaining('data/title') });
  expect(by['e']).toMatchObject({ state: 'failed', error: expect.stringContaining('confirmation_url') });
  expect([by['d']?.state, by['f']?.state]).toEqual(['sent', 'sent']);
  const arabic = service.receiver.received.find(({ to }) => to[0] === 'd@example.com')?.mail;
  expect(arabic).toMatchObject({ subject: 'طلب o-7 Bcc: eve@example.com', text: 'المجموع <b>7</b>' });
  expect(arabic?.html).toContain('&lt;b&gt;7&lt;/b&gt;');
});

test('templates have versions, one in force, and previews that send nothing', async () => {
  const put = (subject: string) =>
    service.ask({ method: 'PUT', url: '/templates/hello', body: { en: { subject, html: '<p>{{ .Data.name }}</p>' } } });
  expect((await put('One')).body).toEqual({ name: 'hello', version: 1 });
  expect((await put('Two {{ .Data.name }}')).body).toEqual({ name: 'hello', version: 2 });
  const preview = (body: object) => post('/templates/hello/preview', body);
  expect((await preview({ data: { name: 'A<b>' } })).body).toMatchObject({
    subject: 'Two A<b>',
    html: '<p>A&lt;b&gt;</p>',
  });
  expect((await post('/templates/hello/use', { version: 1 })).status).toBe(200);
  expect((await preview({})).body.subject).toBe('One');
  expect((await preview({ content: { en: { subject: 'Draft', html: 'x' } } })).body.subject).toBe('Draft');
  expect(
    (await post('/templates/notification/preview', { locale: 'ar', data: { title: 'مرحبا' } })).body.html,
  ).toContain('dir="rtl"');
  expect((await post('/templates/hello/use', { version: 9 })).status).toBe(404);
  expect(
    (await service.ask({ method: 'PUT', url: '/templates/bad', body: { en: { subject: 'x', html: '{{ range }}' } } }))
      .body,
  ).toMatchObject({
    code: 'notifications.template_failed',
  });
  expect((await service.ask({ url: '/templates/hello/versions' })).body.versions).toHaveLength(2);
  expect((await service.ask({ method: 'DELETE', url: '/templates/hello' })).status).toBe(204);
});

test('a message whose sender was killed is taken over after its lease, and given up when that never ends', async () => {
  const { body } = await post('/mails', MAIL);
  const [{ id }] = body.messages;
  const left = (attempts: number, dueIn: string) =>
    service.test.sql(
      `update notifications.messages set state = 'sending', attempts = ${attempts}, due_at = now() + interval '${dueIn}'`,
    );
  await left(1, '1 minute');
  await service.work();
  expect((await service.ask({ url: `/messages/${id}` })).body.state).toBe('sending');
  // The next job is for the moment the lease is over.
  expect(service.jobs.map(({ runAt }) => Math.round(((runAt?.getTime() ?? 0) - Date.now()) / 10_000))).toContain(6);
  await left(1, '-1 second');
  await post('/mails', { ...MAIL, to: 'bob@example.com' });
  await service.work();
  expect((await service.ask({ url: `/messages/${id}` })).body).toMatchObject({ state: 'sent', attempts: 2 });
  await left(12, '-1 second');
  await post('/mails', { ...MAIL, to: 'bob@example.com' });
  await service.work();
  expect((await service.ask({ url: `/messages/${id}` })).body).toMatchObject({
    state: 'failed',
    error: 'no attempt came to an end',
  });
});
