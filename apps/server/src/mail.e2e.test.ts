import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import {
  type MailReceiver,
  makeInstanceFolder,
  type RunningServer,
  startMailReceiver,
  startServer,
} from '@ashlar/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';

let dataDir: string;
let receiver: MailReceiver;
let server: RunningServer | undefined;

beforeAll(async () => {
  dataDir = await makeInstanceFolder();
});
beforeEach(async () => {
  receiver = await startMailReceiver({
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('nobody@') ? done(Object.assign(new Error(`no ${address}`), { responseCode: 550 })) : done(),
  });
});
afterEach(async () => {
  await server?.end('SIGTERM');
  server = undefined;
  await receiver.close();
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function start(
  environment: Record<string, string> = {},
  args: readonly string[] = ['start'],
): Promise<RunningServer> {
  server = await startServer({
    dataDir,
    args,
    environment: {
      ASHLAR_SMTP_URL: `smtp://127.0.0.1:${receiver.port}?tls=none`,
      ASHLAR_MAIL_FROM: 'Shop <shop@example.org>',
      ...environment,
    },
  });
  return server;
}

/** A connection as the superuser: nobody else may write into an outbox from outside. */
async function asAdmin<Result>(ref: string, run: (admin: Client) => Promise<Result>): Promise<Result> {
  const { superuserPassword } = JSON.parse(await readFile(join(dataDir, 'keys', 'instance.json'), 'utf8'));
  const { postgres } = JSON.parse(await readFile(join(dataDir, 'run', 'server.json'), 'utf8'));
  const admin = new Client({
    host: postgres.host,
    port: postgres.port,
    user: 'supabase_admin',
    password: superuserPassword,
    database: ref === 'control' ? 'control' : ref === 'default' ? postgres.defaultDatabase : `project_${ref}`,
  });
  await admin.connect();
  try {
    return await run(admin);
  } finally {
    await admin.end();
  }
}

interface Letter {
  readonly ref?: string;
  readonly to?: string;
  readonly locale?: string;
  readonly ageSeconds?: number;
  readonly template?: string;
}

/** What a transaction that sends a mail leaves behind. Returns the code in it. */
async function write({
  ref = 'default',
  to = 'ada@example.com',
  locale,
  ageSeconds = 0,
  template = 'magic_link',
}: Letter = {}): Promise<string> {
  const token = randomUUID();
  const message = {
    kind: 'mail',
    template,
    to,
    userId: null,
    locale: locale ?? null,
    data: {
      token,
      confirmationUrl: `https://api.example.org/auth/v1/verify?token=${token}`,
      siteUrl: 'https://shop.example.org',
      email: to,
      metadata: { name: 'Ada' },
    },
  };
  await asAdmin(ref, (admin) =>
    admin.query(
      `insert into auth.outbox (kind, message, created_at) values ('mail', $1, now() - make_interval(secs => $2))`,
      [JSON.stringify(message), ageSeconds],
    ),
  );
  return token;
}

/** Any request to the accounts of a project makes the service look into its outbox, once a minute. */
async function visit(ref = 'default'): Promise<void> {
  const { url = '', anonKey = '' } = server ?? {};
  const prefix = ref === 'default' ? '' : `/p/${ref}`;
  const answer = await fetch(`${url}${prefix}/auth/v1/health`, { headers: { apikey: anonKey } });
  expect(answer.status).toBe(200);
}

/** Messages in the queue; a sweep of an outbox may wait there besides. */
const queued = (): Promise<number> =>
  asAdmin('control', async (admin) => {
    const { rows } = await admin.query(`select count(*)::int from scheduler.jobs where payload->'sealed' is not null`);
    return rows[0].count;
  });

test('a mail left in an outbox is sent, and then nothing of it is left anywhere', { timeout: 60_000 }, async () => {
  const running = await start();
  const token = await write({ locale: 'ar-JO' });
  await visit();
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), { timeout: 10_000 });
  const [{ mail, to } = { mail: undefined, to: [] }] = receiver.received;
  expect(to).toEqual(['ada@example.com']);
  expect(mail?.from).toEqual({ name: 'Shop', address: 'shop@example.org' });
  expect(mail?.subject).toBe('تسجيل الدخول إلى shop.example.org');
  expect(mail?.text).toContain(token);
  expect(mail?.html).toContain('dir="rtl"');
  await vi.waitFor(async () => expect(await queued()).toBe(0), { timeout: 30_000 });
  await asAdmin('default', async (admin) => {
    expect((await admin.query('select from auth.outbox')).rowCount).toBe(0);
  });
  const { stdout, stderr } = await running.end('SIGTERM');
  expect(stdout + stderr).toContain('"message.sent"');
  expect(stdout + stderr).not.toContain(token);
  expect(stdout + stderr).not.toContain('ada@example.com');
});

test('who signs up confirms by the link in a real mail and is signed in', { timeout: 60_000 }, async () => {
  const { url, anonKey } = await start({ ASHLAR_AUTOCONFIRM: 'false' });
  const client = createClient(url, anonKey, { auth: { persistSession: false } });
  const signedUp = await client.auth.signUp({ email: 'noura@example.com', password: 'correct horse battery' });
  expect(signedUp.error).toBeNull();
  expect(signedUp.data.session).toBeNull();
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1), { timeout: 10_000 });
  const { text = '', subject } = receiver.received[0]?.mail ?? {};
  expect(subject).toBe('Confirm your email address');
  const link = /^https?:\S+$/m.exec(text)?.[0] ?? '';
  const followed = await fetch(link, { redirect: 'manual' });
  expect(followed.status).toBe(303);
  expect(followed.headers.get('location')).toContain('access_token=');
  const signedIn = await client.auth.signInWithPassword({
    email: 'noura@example.com',
    password: 'correct horse battery',
  });
  expect(signedIn.error).toBeNull();
});

test(
  'a process that is killed while the server hangs sends after its restart, the same mail',
  { timeout: 90_000 },
  async () => {
    receiver.answers.push('hang');
    const first = await start();
    const token = await write();
    await visit();
    await vi.waitFor(() => expect(receiver.offered).toBe(1), { timeout: 10_000 });
    // In the queue, where it is sealed.
    await asAdmin('control', async (admin) => {
      const { rows } = await admin.query(
        "select payload::text from scheduler.jobs where payload->'sealed' is not null",
      );
      expect(rows).toHaveLength(1);
      expect(rows[0].payload).not.toContain(token);
    });
    await first.end('SIGKILL');

    await start();
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), { timeout: 30_000 });
    expect(receiver.received[0]?.mail.text).toContain(token);
    await vi.waitFor(async () => expect(await queued()).toBe(0), { timeout: 30_000 });
    expect(receiver.offered).toBe(2);
  },
);

test('what a killed process left in an outbox is sent after its restart, once', { timeout: 90_000 }, async () => {
  const first = await start();
  const tokens = [await write(), await write({ to: 'ibn@example.com' })];
  await first.end('SIGKILL');
  await start();
  await visit();
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2), { timeout: 20_000 });
  for (const token of tokens)
    expect(receiver.received.filter(({ mail }) => mail.text?.includes(token))).toHaveLength(1);
  expect(new Set(receiver.received.map(({ mail }) => mail.messageId)).size).toBe(2);
});

test(
  'a busy server is tried again, a refusal and an expired mail are given up and told',
  { timeout: 90_000 },
  async () => {
    receiver.answers.push(451);
    const running = await start();
    const late = await write();
    await visit();
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), { timeout: 30_000 });
    expect(receiver.received[0]?.mail.text).toContain(late);
    await write({ to: 'nobody@example.com' });
    await write({ ageSeconds: 4_000 });
    await write({ ageSeconds: 4_000, template: 'password_changed_notification' });
    await running.end('SIGTERM');

    const again = await start();
    await visit();
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), { timeout: 30_000 });
    expect(receiver.received[1]?.mail.subject).toBe('Your password was changed');
    await vi.waitFor(async () => expect(await queued()).toBe(0), { timeout: 10_000 });
    const { stdout, stderr } = await again.end('SIGTERM');
    const dropped = (stdout + stderr).split('\n').filter((line) => line.includes('"message.dropped"'));
    expect(dropped).toHaveLength(2);
    expect(dropped.join('\n')).toMatch(/what it holds has expired/);
    expect(dropped.join('\n')).toMatch(/SMTP EENVELOPE 550/);
    expect(dropped.join('\n')).not.toContain('nobody@example.com');
  },
);

test('every project has its own way out, and one that hangs holds up nobody else', { timeout: 90_000 }, async () => {
  await using theirs = await startMailReceiver();
  await using stuck = await startMailReceiver();
  stuck.answers.push(...Array.from({ length: 50 }, () => 'hang' as const));
  const running = await start();
  for (const ref of ['shop', 'slow']) expect((await running.ashlar('project', 'create', ref)).code).toBe(0);
  for (const [ref, port] of [
    ['shop', theirs.port],
    ['slow', stuck.port],
  ] as const) {
    const mail = {
      senderName: ref,
      senderAddress: `${ref}@example.net`,
      smtp: { host: '127.0.0.1', port, tls: 'none' },
      templates: { magic_link: { subject: 'Hello {{ .Data.name }}', html: '<b>{{ .Token }}</b>' } },
    };
    await asAdmin(ref, (admin) =>
      admin.query(`insert into auth.settings (section, value) values ('mail', $1)`, [mail]),
    );
  }
  for (let count = 0; count < 30; count += 1) await write({ ref: 'slow' });
  await visit('slow');
  await vi.waitFor(() => expect(stuck.offered).toBeGreaterThan(0), { timeout: 10_000 });
  await write({ ref: 'shop' });
  await write();
  await visit('shop');
  await visit();
  await vi.waitFor(() => expect([theirs.received.length, receiver.received.length]).toEqual([1, 1]), {
    timeout: 10_000,
  });
  expect(theirs.received[0]?.mail).toMatchObject({
    from: { name: 'shop', address: 'shop@example.net' },
    subject: 'Hello Ada',
  });
  expect(stuck.offered).toBeLessThanOrEqual(3);
});

test(
  'on a developer machine mails without a way out are shown at /dev/mail, per project',
  { timeout: 60_000 },
  async () => {
    const { url, ashlar } = await start({ ASHLAR_SMTP_URL: '', ASHLAR_DEV: 'true' });
    await ashlar('project', 'create', 'box');
    const token = await write({ ref: 'box', to: 'Ada@Example.com' });
    await visit('box');
    // Read as loosely as by a test of somebody's own.
    // oxlint-disable-next-line typescript/no-explicit-any
    const list = async (query = '', prefix = '/p/box'): Promise<any> =>
      (await fetch(`${url}${prefix}/dev/mail/api${query}`)).json();
    await vi.waitFor(async () => expect((await list()).messages).toHaveLength(1), { timeout: 10_000 });
    const { messages } = await list('?to=ADA@example.com');
    expect(messages[0]).toMatchObject({ kind: 'mail', template: 'magic_link', to: 'ada@example.com' });
    expect(messages[0].text).toContain(token);
    expect((await list('?to=someone@example.com')).messages).toEqual([]);
    expect((await list('', '')).messages).toEqual([]);
    expect(await list(`/${messages[0].id}`)).toMatchObject({ id: messages[0].id });

    const page = await fetch(`${url}/p/box/dev/mail`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain(`src="/p/box/dev/mail/${messages[0].id}/html"`);
    const html = await fetch(`${url}/p/box/dev/mail/${messages[0].id}/html`);
    expect(html.headers.get('content-security-policy')).toMatch(/^sandbox allow-popups/);
    expect(await html.text()).toContain(token);

    const elsewhere = { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' } };
    expect((await fetch(`${url}/p/box/dev/mail/api`, elsewhere)).status).toBe(403);
    expect((await fetch(`${url}/p/box/dev/mail/api`, { method: 'DELETE' })).status).toBe(204);
    expect((await list()).messages).toEqual([]);
    expect((await fetch(`${url}/p/box/dev/mail/99`)).status).toBe(404);
  },
);

test('elsewhere there is no mailbox', { timeout: 60_000 }, async () => {
  const { url } = await start({ ASHLAR_SMTP_URL: '' });
  for (const path of ['/dev/mail', '/dev/mail/api', '/auth/v1/dev/mail', '/p/default/dev/mail']) {
    expect((await fetch(`${url}${path}`)).status).toBe(404);
  }
});
