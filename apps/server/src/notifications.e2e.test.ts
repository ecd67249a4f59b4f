import { createClient } from '@supabase/supabase-js';
import { type MailReceiver, type RunningServer, startMailReceiver, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const PATIENCE = { timeout: 30_000, interval: 50 };

let receiver: MailReceiver;
let server: RunningServer;

beforeAll(async () => {
  receiver = await startMailReceiver();
  server = await startServer({
    environment: {
      ASHLAR_SMTP_URL: `smtp://127.0.0.1:${receiver.port}?tls=none`,
      ASHLAR_MAIL_FROM: 'Shop <shop@example.org>',
      ASHLAR_PUBLIC_URL: 'https://api.example.org',
    },
  });
});
afterAll(async () => {
  await server?.stop();
  await receiver?.close();
});

const post = (path: string, body: object, key = server.secretKey) =>
  fetch(`${server.url}/notifications/v1${path}`, {
    method: 'POST',
    headers: { apikey: key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const received = (subject: string) => receiver.received.filter(({ mail }) => mail.subject === subject);

test('a mail of SQL leaves after its commit, with nobody asking over HTTP', { timeout: 60_000 }, async () => {
  await server.sql(
    `begin; select notifications.send_mail('{x@example.com}', subject => 'undone', body => 'x'); rollback`,
  );
  await server.sql(`select notifications.send_mail('{x@example.com}', subject => 'kept', body => 'x')`);
  await vi.waitFor(() => expect(received('kept')).toHaveLength(1), PATIENCE);
  expect(received('undone')).toEqual([]);
});

test('a user is told in the application, and by mail at the address of the account', { timeout: 60_000 }, async () => {
  const ada = createClient(server.url, server.publishableKey, { auth: { persistSession: false } });
  const { data } = await ada.auth.signUp({ email: 'ada@example.com', password: 'correct horse battery' });
  const id = data.user?.id ?? '';
  const session = data.session?.access_token ?? '';
  // As if she had followed the link of the first mail.
  await server.superuserSql(`update auth.users set email_confirmed_at = now()`);

  expect((await post('/notify', { userId: id, category: 'transactional', data: { title: 'Receipt' } })).status).toBe(
    202,
  );
  await vi.waitFor(() => expect(received('Receipt')).toHaveLength(1), PATIENCE);
  expect(received('Receipt')[0]?.to).toEqual(['ada@example.com']);
  const inbox = await fetch(`${server.url}/notifications/v1/inbox`, {
    headers: { apikey: server.publishableKey, authorization: `Bearer ${session}` },
  });
  expect(await inbox.json()).toMatchObject({ entries: [{ title: 'Receipt' }] });
});

test('the door lets links and reports through without a key, and nothing else', async () => {
  expect((await fetch(`${server.url}/notifications/v1/unsubscribe/x.y`)).status).toBe(400);
  expect((await fetch(`${server.url}/notifications/v1/reports/mail`, { method: 'POST', body: '{}' })).status).toBe(401);
  expect((await post('/mails', { to: 'x@example.com', subject: 'x', text: 'y' }, server.publishableKey)).status).toBe(
    403,
  );
  expect((await fetch(`${server.url}/notifications/v1/messages`)).status).toBe(403);
});
