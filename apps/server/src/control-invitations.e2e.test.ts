import { type MailReceiver, type RunningServer, startMailReceiver, startServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, type Answer, PASSWORD, setUp, signIn } from './control-client.fixture.ts';

let server: RunningServer;
let receiver: MailReceiver;
let owner: Awaited<ReturnType<typeof setUp>>;

beforeAll(async () => {
  receiver = await startMailReceiver();
  server = await startServer({
    environment: {
      ASHLAR_SMTP_URL: `smtp://127.0.0.1:${receiver.port}?tls=none`,
      ASHLAR_MAIL_FROM: 'Ashlar <ashlar@example.org>',
    },
  });
  owner = await setUp(server);
});

afterAll(async () => {
  await server?.stop();
  await receiver?.close();
});

const invite = (email: string): Promise<Answer> =>
  ask(server, 'POST', `/organisations/${owner.organisation}/invitations`, {
    bearer: owner.bearer,
    body: { email, role: 'viewer' },
  });

async function mailedLink(email: string): Promise<URL> {
  const ofAddress = () => receiver.received.find(({ to }) => to.includes(email))?.mail.text;
  await expect.poll(ofAddress, { timeout: 30_000 }).toBeDefined();
  const [, link] = /(http\S+\/studio\/invitation\?token=\S+)/.exec(ofAddress() ?? '') ?? [];
  return new URL(link ?? 'none:');
}

/** The page for where there is no Studio. */
const plainPage = (link: URL): URL => new URL(`/control/v1/invitations/accept${link.search}`, link);

const submit = (link: URL, password: string): Promise<Response> =>
  fetch(new URL('accept', plainPage(link)), {
    method: 'POST',
    body: new URLSearchParams({ token: link.searchParams.get('token') ?? '', password }),
  });

test('where mail leaves the house, the link of an invitation goes to the mailbox and to nobody else', async () => {
  const invited = await invite('guest@example.org');
  expect(invited).toMatchObject({ status: 201, body: { email: 'guest@example.org', mailed: true } });
  const link = await mailedLink('guest@example.org');
  expect(link.href).toMatch(/^http:[^?]+\/studio\/invitation\?token=[\w-]{20,}$/);
  expect(invited.body).toHaveProperty('accept_url', link.href.replace(/\?.*$/, ''));
  const token = link.searchParams.get('token') ?? 'none';
  expect(JSON.stringify(invited.body)).not.toContain(token);
  expect(invited.body).not.toHaveProperty('token');
  const { body: listed } = await ask(server, 'GET', `/organisations/${owner.organisation}/invitations`, {
    bearer: owner.bearer,
  });
  expect(JSON.stringify(listed)).not.toContain(token);
});

test('the page without a script makes an account whose address counts as confirmed', async () => {
  const link = await mailedLink('guest@example.org');
  const page = await fetch(plainPage(link));
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).toContain('<form method="post" action="accept">');
  const weak = await submit(link, 'x');
  expect(weak.status).toBe(422);
  expect(await weak.text()).toContain('role="alert"');
  const accepted = await submit(link, PASSWORD);
  expect(accepted.status).toBe(200);
  expect(await accepted.text()).toContain('guest@example.org may sign in now');
  const bearer = await signIn(server, 'guest@example.org');
  expect((await ask(server, 'GET', '/organisations', { bearer })).body).toMatchObject([{ role: 'viewer' }]);
  const [account] = await server.superuserSql<{ confirmed: boolean }>(
    `select email_confirmed_at is not null as confirmed from auth.users where email = 'guest@example.org'`,
    [],
    'control',
  );
  expect(account).toEqual({ confirmed: true });
});

test('nobody makes an account with a token that was not mailed', async () => {
  await invite('other@example.org');
  const link = await mailedLink('other@example.org');
  link.searchParams.set('token', 'guessed');
  expect((await submit(link, PASSWORD)).status).toBe(404);
  await expect(signIn(server, 'other@example.org')).rejects.toThrow();
});
