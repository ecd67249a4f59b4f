import { createServer, type AddressInfo } from 'node:net';
import { startMailReceiver, testCertificate, type MailReceiver } from '@ashlar/testing';
import { afterEach, expect, test } from 'vitest';
import type { FinishedMail } from './finished-mail.ts';
import { createSmtpMailer, type SmtpMailer, type SmtpServer } from './smtp-mailer.ts';

const open: { close(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const MAIL: FinishedMail = {
  from: { name: 'متجر الياسمين', address: 'shop@example.org' },
  to: 'ada@example.com',
  subject: 'تأكيد بريدك الإلكتروني',
  html: '<p dir="rtl">أكّد</p>',
  text: 'أكّد\n',
  messageId: '<default.1.7@example.org>',
  idempotencyKey: 'default.1.7',
  date: new Date('2026-01-02T03:04:05Z'),
  locale: 'ar',
};
const never = new AbortController().signal;

async function receiver(options?: Parameters<typeof startMailReceiver>[0]): Promise<MailReceiver> {
  const started = await startMailReceiver(options);
  open.push(started);
  return started;
}

function mailer(): SmtpMailer {
  const made = createSmtpMailer({ connectMs: 500, greetingMs: 300, silenceMs: 300, idleMs: 200 });
  open.push(made);
  return made;
}

const at = (port: number, more: Partial<SmtpServer> = {}): SmtpServer => ({
  host: '127.0.0.1',
  port,
  user: '',
  password: '',
  tls: 'none',
  ...more,
});

test('a server whose address was judged is connected to there, whatever its name means', async () => {
  const { port, received } = await receiver();
  await mailer().send(at(port, { host: 'mail.invalid', address: '127.0.0.1' }), MAIL, never);
  expect(received).toHaveLength(1);
});

test('a mail arrives whole: names and subject in any script, both parts, and who wrote it', async () => {
  const { port, received } = await receiver();
  await mailer().send(at(port), MAIL, never);
  expect(received).toHaveLength(1);
  expect(received[0]).toMatchObject({ from: 'shop@example.org', to: ['ada@example.com'] });
  expect(received[0]?.mail).toMatchObject({
    from: { name: 'متجر الياسمين', address: 'shop@example.org' },
    to: [{ address: 'ada@example.com' }],
    subject: 'تأكيد بريدك الإلكتروني',
    messageId: '<default.1.7@example.org>',
    date: '2026-01-02T03:04:05.000Z',
    text: 'أكّد\n',
    html: '<p dir="rtl">أكّد</p>\n',
  });
  expect(received[0]?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(received[0]?.raw).toMatch(/^Content-Language: ar\r$/m);
  expect(received[0]?.raw).toMatch(/multipart\/alternative/);
});

test('neither name nor subject adds a header or a receiver', async () => {
  const { port, received } = await receiver();
  const evil = 'x\r\nBcc: victim@example.org\r\n\r\nbody';
  await mailer().send(
    at(port),
    { ...MAIL, subject: evil, from: { name: `"${evil}`, address: 'a@example.org' } },
    never,
  );
  expect(received[0]?.to).toEqual(['ada@example.com']);
  expect(received[0]?.raw).not.toMatch(/^Bcc:/im);
});

test('a server that is busy is tried again, one that refuses the mail is not, and neither tells the address', async () => {
  const { port, answers, received } = await receiver();
  answers.push(451, 550, 'ok');
  const { send } = mailer();
  await expect(send(at(port), MAIL, never)).rejects.toMatchObject({
    permanent: false,
    message: expect.stringMatching(/^SMTP EMESSAGE 451 .*not for …/) as string,
  });
  await expect(send(at(port), MAIL, never)).rejects.toMatchObject({ permanent: true });
  await send(at(port), MAIL, never);
  expect(received).toHaveLength(1);
});

test('a receiver nobody has is refused for good, a wrong password is not', async () => {
  const refusing = await receiver({
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error('unknown'), { responseCode: 550 })),
  });
  await expect(mailer().send(at(refusing.port), MAIL, never)).rejects.toMatchObject({ permanent: true });
  const guarded = await receiver({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, done) =>
      password === 'right' ? done(null, { user: 'ada' }) : done(new Error('wrong')),
  });
  const { send } = mailer();
  await expect(send(at(guarded.port, { user: 'ada', password: 'wrong' }), MAIL, never)).rejects.toMatchObject({
    permanent: false,
    message: expect.stringContaining('EAUTH') as string,
  });
  await expect(send(at(guarded.port), MAIL, never)).rejects.toMatchObject({ permanent: false });
  await send(at(guarded.port, { user: 'ada', password: 'right' }), MAIL, never);
  expect(guarded.received).toHaveLength(1);
});

test('a server that hangs, goes away half-way or is not there costs a bounded time and the mail is tried again', async () => {
  const { port, answers, received } = await receiver();
  answers.push('hang', 'cut', 'ok');
  const { send } = mailer();
  await expect(send(at(port), MAIL, never)).rejects.toMatchObject({ permanent: false });
  await expect(send(at(port), MAIL, never)).rejects.toMatchObject({ permanent: false });
  await send(at(port), MAIL, never);
  expect(received).toHaveLength(1);

  const mute = createServer(() => undefined).listen(0, '127.0.0.1');
  open.push({ close: () => void mute.close() });
  await new Promise((resolve) => void mute.once('listening', resolve));
  const mutePort = (mute.address() as AddressInfo).port;
  await expect(send(at(mutePort), MAIL, never)).rejects.toMatchObject({ permanent: false });
  await expect(send(at(1), MAIL, never)).rejects.toMatchObject({
    permanent: false,
    message: expect.stringContaining('ECONNREFUSED') as string,
  });
});

test('a process that stops gives up at once', async () => {
  const { port, answers } = await receiver();
  answers.push('hang');
  const stopping = new AbortController();
  const sent = createSmtpMailer();
  open.push(sent);
  const outcome = sent.send(at(port), MAIL, stopping.signal);
  setTimeout(() => stopping.abort(), 50);
  await expect(outcome).rejects.toMatchObject({ permanent: false });
});

test('starttls means that nothing is said in clear, and a certificate nobody vouches for is refused', async () => {
  const clear = await receiver();
  await expect(mailer().send(at(clear.port, { tls: 'starttls' }), MAIL, never)).rejects.toMatchObject({
    permanent: false,
  });
  const secure = await receiver({ disabledCommands: [], secure: false, ...testCertificate });
  await expect(mailer().send(at(secure.port, { tls: 'starttls' }), MAIL, never)).rejects.toMatchObject({
    permanent: false,
  });
  expect([...clear.received, ...secure.received]).toEqual([]);
});

test('connections are kept for the next mail', async () => {
  let connections = 0;
  const { port, received } = await receiver({
    onConnect: (_session, done) => {
      connections += 1;
      done();
    },
  });
  const { send } = mailer();
  for (let count = 0; count < 5; count += 1) await send(at(port), MAIL, never);
  expect(received).toHaveLength(5);
  expect(connections).toBe(1);
});
