import type { Project } from '@ashlar/service';
import type { Observation } from '@ashlar/telemetry';
import { testProjectSettings } from '@ashlar/testing';
import { beforeEach, expect, test } from 'vitest';
import { createMemoryMailbox } from '../adapters/memory-mailbox.ts';
import type { IdentitySettings } from '../domain/settings.ts';
import { deliver, type FinishedMail } from './deliver.ts';
import { settleSettings } from './identity-settings.ts';
import { canSendMail, canSendSms } from './mail-availability.ts';
import type { OutgoingMail, OutgoingSms } from './outgoing-message.ts';

const SMTP = { host: 'mail.example.org', port: 587 };
const HTTP = { apiKey: 're_1' };
const MAIL: OutgoingMail = {
  kind: 'mail',
  template: 'magic_link',
  to: 'ada@example.com',
  userId: null,
  locale: null,
  data: { siteUrl: 'https://shop.example.org', email: 'ada@example.com', token: '123456', metadata: { name: 'Ada' } },
};
const SMS: OutgoingSms = { kind: 'sms', to: '4915112345678', userId: null, channel: 'sms', text: 'Code 1', code: '1' };

// As much of a project as deliveries without a hook look at.
const project = { ref: 'shop' } as Project;
const NO_HOOK = {
  callHook: () => Promise.reject(new Error('no hook was set')),
  findUser: () => Promise.reject(new Error('no hook was set')),
};

let sent: [way: string, mail: FinishedMail | OutgoingSms][];
let observed: Observation[];
beforeEach(() => {
  sent = [];
  observed = [];
});

function settings(stored: Record<string, object>, instance: object = {}): IdentitySettings {
  const { auth } = testProjectSettings();
  return settleSettings({ ...auth, mail: { ...auth.mail, ...instance } }, stored);
}

async function send(message: OutgoingMail | OutgoingSms, given: IdentitySettings, mailbox = createMemoryMailbox()) {
  await deliver(
    {
      sendBySmtp: async (way, mail) => void sent.push([`smtp ${way.host}`, mail]),
      sendByHttp: async (way, mail) => void sent.push([`http ${way.apiKey}`, mail]),
      sendSms: async (way, sms) => void sent.push([`sms ${way.from}`, sms]),
      ...NO_HOOK,
      mailbox,
      observe: (observation) => observed.push(observation),
    },
    {
      project,
      settings: given,
      idempotencyKey: 'shop.1.2',
      writtenAt: new Date(0),
      signal: new AbortController().signal,
    },
    message,
  );
  return mailbox.list('shop');
}

test('a project with a way of its own takes it, whatever the instance has', async () => {
  const instance = { http: { baseUrl: 'https://api.resend.com', apiKey: 'instance' } };
  await send(MAIL, settings({}, instance));
  await send(MAIL, settings({ mail: { smtp: SMTP, senderAddress: 'shop@example.net' } }, instance));
  await send(MAIL, settings({ mail: { http: HTTP, smtp: SMTP } }));
  expect(sent.map(([way]) => way)).toEqual(['http instance', 'smtp mail.example.org', 'http re_1']);
  expect(sent[1]?.[1]).toMatchObject({ messageId: '<shop.1.2@example.net>', from: { address: 'shop@example.net' } });
});

test('what has no way is caught on a developer machine, and waits elsewhere', async () => {
  expect(await send(MAIL, settings({}))).toMatchObject([
    { kind: 'mail', to: 'ada@example.com', template: 'magic_link' },
  ]);
  expect(await send(SMS, settings({}))).toMatchObject([{ kind: 'sms', to: '+4915112345678', text: 'Code 1' }]);
  for (const message of [MAIL, SMS]) {
    const outcome = deliver(
      {
        sendBySmtp: async () => undefined,
        sendByHttp: async () => undefined,
        sendSms: async () => undefined,
        ...NO_HOOK,
        mailbox: null,
        observe: () => undefined,
      },
      {
        project,
        settings: settings({}),
        idempotencyKey: 'k',
        writtenAt: new Date(),
        signal: new AbortController().signal,
      },
      message,
    );
    await expect(outcome).rejects.toMatchObject({ permanent: false, message: expect.stringContaining('configured') });
  }
});

test('a mailbox keeps the youngest hundred of each project', async () => {
  const mailbox = createMemoryMailbox();
  for (let count = 0; count < 101; count += 1) await send({ ...SMS, text: String(count) }, settings({}), mailbox);
  expect(mailbox.list('shop')).toHaveLength(100);
  expect(mailbox.list('shop')[0]?.text).toBe('100');
  expect(mailbox.list('other')).toEqual([]);
});

test.each([
  ['ar', 'en', 'ar'],
  ['ar-JO', 'en', 'ar'],
  ['EN_us', 'ar', 'en'],
  ['fr', 'ar', 'ar'],
  [null, 'ar', 'ar'],
] as const)('a reader of %s in a project of %s gets %s', async (locale, defaultLocale, expected) => {
  await send({ ...MAIL, locale }, settings({ mail: { http: HTTP, defaultLocale } }));
  expect(sent[0]?.[1]).toMatchObject({ locale: expected });
});

const subject = (text: string) => ({ subject: text, html: '<p>{{ .Token }} {{ .Data.name }}</p>' });

test('a template of the language is taken before one of all, and a broken one is told and not used', async () => {
  const templates = { magic_link: subject('all'), 'magic_link.ar': subject('ar'), recovery: subject('{{ .Nope }}') };
  const own = settings({ mail: { http: HTTP, templates } });
  await send(MAIL, own);
  await send({ ...MAIL, locale: 'ar' }, own);
  await send({ ...MAIL, template: 'recovery' }, own);
  expect(sent.map(([, mail]) => 'subject' in mail && mail.subject)).toEqual(['all', 'ar', 'Reset your password']);
  expect(sent[0]?.[1]).toMatchObject({ html: '<p>123456 Ada</p>', text: '123456 Ada' });
  expect(observed).toEqual([expect.objectContaining({ kind: 'template.broken', template: 'recovery' })]);
});

test.each(['a@example.com, b@example.com', 'a@example.com\r\nBcc: b@example.com', 'Ada <a@example.com>', ''])(
  'a mail to %j goes nowhere',
  async (to) => {
    await expect(send({ ...MAIL, to }, settings({ mail: { http: HTTP } }))).rejects.toMatchObject({ permanent: true });
  },
);

test('whether mails and text messages can be sent follows from the settings and the machine', () => {
  const hook = { enabled: true, uri: 'https://example.org/hook', secrets: '' };
  const twilio = { accountSid: 'AC', authToken: 't', from: '+1' };
  const mailbox = createMemoryMailbox();
  const mail = (stored: Record<string, object>, box: typeof mailbox | null = null): boolean =>
    canSendMail({ mailbox: box }, { settings: settings(stored) });
  const sms = (stored: Record<string, object>, box: typeof mailbox | null = null): boolean =>
    canSendSms({ mailbox: box }, { settings: settings(stored) });
  expect([mail({}), mail({}, mailbox), mail({ mail: { smtp: SMTP } }), mail({ hooks: { sendEmail: hook } })]).toEqual([
    false,
    true,
    true,
    true,
  ]);
  expect(mail({ hooks: { sendEmail: { ...hook, enabled: false } } })).toBe(false);
  expect([sms({}), sms({}, mailbox), sms({ phone: { twilio } }), sms({ hooks: { sendSms: hook } })]).toEqual([
    false,
    true,
    true,
    true,
  ]);
});
