import { loadConfig } from '@ashlar/config';
import { expect, test } from 'vitest';
import { mailDefaults } from './mail-defaults.ts';

const of = (environment: Record<string, string>) =>
  mailDefaults(loadConfig({ flags: {}, environment, file: null, folder: '/' }).mail);

test.each([
  ['smtp://mail.example.org', { host: 'mail.example.org', port: 587, user: '', password: '', tls: 'starttls' }],
  ['smtps://u%40x:p%3Aw@mail.example.org', { port: 465, user: 'u@x', password: 'p:w', tls: 'implicit' }],
  ['smtp://[::1]:2525?tls=none', { host: '::1', port: 2525, tls: 'none' }],
  ['smtp://h:465?tls=implicit', { host: 'h', port: 465, tls: 'implicit' }],
])('%s is a server', (smtpUrl, server) => {
  expect(of({ ASHLAR_SMTP_URL: smtpUrl }).smtp).toMatchObject(server);
});

test('a sender has a name or none, and a provider needs its key only', () => {
  expect(of({})).toMatchObject({ senderName: '', senderAddress: 'noreply@localhost', smtp: null, http: null });
  expect(of({ ASHLAR_MAIL_FROM: 'متجر الياسمين <shop@example.org>' })).toMatchObject({
    senderName: 'متجر الياسمين',
    senderAddress: 'shop@example.org',
  });
  expect(of({ ASHLAR_MAIL_HTTP_KEY: 're_123' }).http).toEqual({ baseUrl: 'https://api.resend.com', apiKey: 're_123' });
});

test.each([
  { ASHLAR_SMTP_URL: 'smtp://host?tls=maybe' },
  { ASHLAR_SMTP_URL: 'http://host' },
  { ASHLAR_MAIL_FROM: 'a@example.org, b@example.org' },
  { ASHLAR_MAIL_FROM: 'x\r\nBcc: y <a@example.org>' },
])('%j is refused before anything starts', (environment) => {
  expect(() => of(environment)).toThrow();
});
