import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADA, type As, BOB, createNotificationsFixture, type NotificationsFixture } from './notifications.fixture.ts';

let service: NotificationsFixture;
const ada = { sub: ADA };
const bob = { sub: BOB };

beforeAll(async () => {
  service = await createNotificationsFixture();
  for (const [user, title] of [
    [ADA, 'For Ada'],
    [BOB, 'For Bob'],
  ]) {
    await service.as('service', `insert into notifications.inbox (user_id, title) values ($1, $2)`, [user, title]);
  }
  await service.as(
    ada,
    `insert into notifications.preferences (category, channel, is_enabled) values ('general', 'mail', true)`,
  );
  await service.as(ada, `insert into notifications.readers (locale) values ('ar')`);
  await service.as(ada, 'select notifications.register_device($1, $2, $3)', device('ada'));
  await service.as('service', `select notifications.send_mail('{x@example.com}', subject => 'x', body => 'y')`);
  await service.as('service', `insert into notifications.suppressions (address) values ('y@example.com')`);
  await service.as('service', `insert into notifications.settings (section, value) values ('sms', '{}')`);
  await service.as('service', `select notifications.put_template('t', '{}')`);
});
afterAll(() => service[Symbol.asyncDispose]());

function device(name: string): [string, string, string] {
  return [
    `https://push.example.org/${name}`,
    Buffer.alloc(65, 4).toString('base64url'),
    randomBytes(16).toString('base64url'),
  ];
}

const TABLES = [
  'categories',
  'messages',
  'keys',
  'templates',
  'template_versions',
  'suppressions',
  'settings',
  'inbox',
  'preferences',
  'readers',
  'devices',
];

/** Rows seen by each; `no` is a right that is not there. */
test.each<[string, number | 'no', number | 'no', number | 'no', number | 'no']>([
  ['categories', 'no', 2, 2, 2],
  ['messages', 'no', 'no', 'no', 1],
  ['keys', 'no', 'no', 'no', 'no'],
  ['templates', 'no', 'no', 'no', 1],
  ['template_versions', 'no', 'no', 'no', 1],
  ['suppressions', 'no', 'no', 'no', 1],
  ['settings', 'no', 'no', 'no', 1],
  ['inbox', 'no', 1, 1, 2],
  ['preferences', 'no', 1, 0, 1],
  ['readers', 'no', 1, 0, 1],
  ['devices', 'no', 1, 0, 1],
])('%s: anon %s, Ada %s, Bob %s, service_role %s', async (table, ...expected) => {
  const seen: unknown[] = [];
  for (const who of ['anon', ada, bob, 'service'] satisfies As[]) {
    const rows = await service
      .as<{ n: number }>(who, `select count(*)::int as n from notifications.${table}`)
      .catch((error: { code: string }) => {
        expect(error.code).toBe('42501');
        return [];
      });
    seen.push(rows[0]?.n ?? 'no');
  }
  expect(seen).toEqual(expected);
});

test('every table of the schema has row-level security', async () => {
  const rows = await service.test.sql<{ relname: string; relrowsecurity: boolean }>(
    `select relname, relrowsecurity from pg_class where relnamespace = 'notifications'::regnamespace and relkind = 'r' order by 1`,
  );
  expect(rows.map(({ relname }) => relname)).toEqual(TABLES.toSorted());
  expect(rows.every(({ relrowsecurity }) => relrowsecurity)).toBe(true);
});

test.each<[string, As, string]>([
  ['send', ada, `select notifications.send_mail('{x@example.com}', subject => 'x', body => 'y')`],
  ['send', 'anon', `select notifications.send_mail('{x@example.com}', subject => 'x', body => 'y')`],
  ['notify', ada, `select notifications.notify('${BOB}', 'general', '{"title": "x"}')`],
  ['wake the queue', ada, `select notifications.wake()`],
  ['read kept answers', 'service', `select notifications.kept_answer('k', 'd')`],
  ['see what others chose', ada, `select notifications.channels_of('${BOB}', 'general')`],
  ['cancel', ada, `select notifications.cancel_message('${ADA}')`],
  ['replay', 'anon', `select notifications.replay_message('${ADA}')`],
  ['write templates', ada, `select notifications.put_template('t', '{}')`],
  ['write into an inbox', ada, `insert into notifications.inbox (user_id, title) values ('${ADA}', 'x')`],
  ['change a title', ada, `update notifications.inbox set title = 'x'`],
  ['delete', ada, `delete from notifications.inbox`],
  ['write categories', ada, `insert into notifications.categories (name) values ('x')`],
  [
    'insert devices past the door',
    ada,
    `insert into notifications.devices (endpoint, p256dh, auth) values ('https://x', 'x', 'x')`,
  ],
  [
    'choose for others',
    ada,
    `insert into notifications.preferences (user_id, category, channel, is_enabled) values ('${BOB}', 'general', 'mail', true)`,
  ],
  ['speak for others', ada, `insert into notifications.readers (user_id, locale) values ('${BOB}', 'en')`],
  ['register', 'anon', `select notifications.register_device('https://x', '${'A'.repeat(87)}', '${'A'.repeat(22)}')`],
  ['touch messages by hand', 'service', `update notifications.messages set state = 'sent'`],
])('nobody may %s without the right to: %o', async (_what, who, sql) => {
  await expect(service.as(who, sql)).rejects.toMatchObject({ code: '42501' });
});

test('what others own is neither marked nor removed', async () => {
  const [theirs] = await service.as<{ id: string }>(
    'service',
    `select id from notifications.inbox where user_id = '${BOB}'`,
  );
  expect(await service.as(ada, 'update notifications.inbox set read_at = now() returning title')).toEqual([
    { title: 'For Ada' },
  ]);
  expect(await service.as(bob, 'delete from notifications.devices returning id')).toEqual([]);
  expect(await service.as(bob, 'delete from notifications.preferences returning 1')).toEqual([]);
  expect(
    await service.ask({ method: 'PATCH', url: `/inbox/${theirs?.id}`, as: ada, body: { read: true } }),
  ).toMatchObject({ status: 404 });
  expect(
    await service.ask({ method: 'PATCH', url: `/inbox/${theirs?.id}`, as: bob, body: { read: true } }),
  ).toMatchObject({
    status: 200,
    body: { title: 'For Bob', readAt: expect.any(String) },
  });
});

test.each<[string, string, object?]>([
  ['GET', '/messages'],
  ['GET', `/messages/${ADA}`],
  ['POST', `/messages/${ADA}/cancel`, {}],
  ['POST', `/messages/${ADA}/replay`, {}],
  ['POST', '/mails', { to: 'x@example.com', subject: 'x', text: 'y' }],
  ['POST', '/notify', { userId: BOB, data: { title: 'x' } }],
  ['GET', '/templates'],
  ['GET', '/templates/t'],
  ['GET', '/templates/t/versions'],
  ['PUT', '/templates/t', { en: { subject: 'x', html: 'y' } }],
  ['POST', '/templates/t/preview', {}],
  ['POST', '/templates/notification/preview', { data: { title: 'x' } }],
  ['POST', '/templates/t/use', { version: 1 }],
  ['DELETE', '/templates/t'],
  ['GET', '/suppressions'],
  ['PUT', '/suppressions', { address: 'x@example.com' }],
  ['DELETE', '/suppressions?address=y@example.com'],
  ['GET', '/settings/mail'],
  ['PUT', '/settings/sms', {}],
  ['PUT', '/categories/x', {}],
])('%s %s is refused to a user and to anon', async (method, url, body) => {
  for (const as of [ada, 'anon'] satisfies As[]) {
    const ask = { method: method as 'GET', url, as, ...(body === undefined ? {} : { body }) };
    expect(await service.ask(ask)).toMatchObject({ status: 403, body: { code: 'notifications.access_denied' } });
  }
});

test('a caller whom the door refused reaches nothing but links and reports', async () => {
  const refusal = { reason: 'token-expired', message: 'JWT expired' } as const;
  expect(await service.ask({ url: '/inbox', as: 'anon', refusal })).toMatchObject({ status: 401 });
  expect(await service.ask({ url: '/unsubscribe/x', as: 'anon', refusal })).toMatchObject({ status: 400 });
});

test('a device moves to who signs in there with its keys, and to nobody else', async () => {
  const [endpoint, p256dh, auth] = device('shared');
  await service.as(ada, 'select notifications.register_device($1, $2, $3)', [endpoint, p256dh, auth]);
  const stolen = service.as(bob, 'select notifications.register_device($1, $2, $3)', [
    endpoint,
    p256dh,
    device('x')[2],
  ]);
  await expect(stolen).rejects.toMatchObject({ code: '23505' });
  await service.as(bob, 'select notifications.register_device($1, $2, $3)', [endpoint, p256dh, auth]);
  expect(await service.as(ada, 'select 1 from notifications.devices where endpoint = $1', [endpoint])).toEqual([]);
  for (let index = 0; index < 25; index += 1) {
    await service.as(bob, 'select notifications.register_device($1, $2, $3)', device(`many-${index}`));
  }
  expect(await service.as(bob, 'select count(*)::int as n from notifications.devices')).toEqual([{ n: 20 }]);
});

test('a claim that is no user id is nobody', async () => {
  expect(await service.as({ sub: "x'; drop table" }, 'select notifications.subject() as id')).toEqual([{ id: null }]);
  expect(await service.ask({ url: '/inbox', as: { sub: 'nobody' } })).toMatchObject({
    status: 200,
    body: { entries: [] },
  });
});

test('realtime hears of the inbox with the old row', async () => {
  const rows = await service.test.sql(
    `select c.relreplident from pg_publication_tables p
       join pg_class c on c.oid = format('%I.%I', p.schemaname, p.tablename)::regclass
      where p.pubname = 'supabase_realtime' and p.schemaname = 'notifications'`,
  );
  expect(rows).toEqual([{ relreplident: 'f' }]);
});
