import { expect, test } from 'vitest';
import { FACTS, type MailData, type MailKind, type MailLocale } from '../mail-data.ts';
import { renderMail } from './render-mail.ts';
import { textsAr } from './texts-ar.ts';
import { textsEn } from './texts-en.ts';

const LINK = 'https://api.example.org/auth/v1/verify?token=abc&type=signup&redirect_to=https%3A%2F%2Fshop.example.org';
const DATA: MailData = {
  siteUrl: 'https://shop.example.org/start',
  email: 'noura@example.org',
  newEmail: 'noura@example.com',
  token: '482913',
  confirmationUrl: LINK,
  metadata: {},
};

const render = (kind: MailKind, locale: MailLocale, data: Partial<MailData> = {}) =>
  renderMail({ kind, locale, data: { ...DATA, ...data }, to: 'noura@example.org', expiresInSeconds: 3600 });

const kinds = Object.keys(textsEn.kinds) as MailKind[];

test.each(kinds.flatMap((kind) => (['en', 'ar'] as const).map((locale) => [kind, locale] as const)))(
  'the mail %s in %s leaves no placeholder and says what it holds in both parts',
  async (kind, locale) => {
    const { subject, html, text } = await render(kind, locale, { facts: { provider: 'github', role: 'manager' } });
    for (const part of [subject, html.replace(/<style>.*?<\/style>/s, ''), text]) {
      expect(part).not.toMatch(/\{\w*\}|undefined|\[object/);
    }
    expect(subject).not.toBe('');
    expect(html).toContain(`<html lang="${locale}" dir="${locale === 'ar' ? 'rtl' : 'ltr'}">`);
    for (const part of [html, text]) {
      expect(part).toContain('482913');
      expect(part).toContain('github');
    }
    const hasButton = textsEn.kinds[kind].action !== undefined;
    expect(text.includes(`\n${LINK}\n`)).toBe(hasButton);
    expect(html.includes(`href="${LINK.replaceAll('&', '&amp;')}"`)).toBe(hasButton);
  },
);

test('both languages have words for the same things', () => {
  for (const kind of kinds) {
    expect(Object.keys(textsAr.kinds[kind]).toSorted()).toEqual(Object.keys(textsEn.kinds[kind]).toSorted());
    expect(placeholders(textsAr.kinds[kind].lead)).toEqual(placeholders(textsEn.kinds[kind].lead));
    expect(placeholders(textsAr.kinds[kind].subject)).toEqual(placeholders(textsEn.kinds[kind].subject));
  }
  expect(Object.keys(textsAr.facts).toSorted()).toEqual([...FACTS].toSorted());
});

function placeholders(text: string): readonly string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').toSorted();
}

test('in Arabic addresses and codes keep their own direction, and links stand bare on a line', async () => {
  const { html, text } = await render('email_change', 'ar');
  expect(html).toContain('<bdi dir="ltr">noura@example.com</bdi>');
  expect(html).toMatch(/class="code" dir="ltr"[^>]*>482913</);
  expect(text).toContain('\u2066noura@example.com\u2069');
  expect(text.split('\n')).toContain(LINK);
  expect(text.split('\n')).toContain('482913');
  // The direction stands on boxes that mail programs keep.
  expect(html).toMatch(/<td class="card" dir="rtl"/);
});

test('what users chose is text: no markup, and no line of its own in the subject', async () => {
  const evil = 'Ltd <img src=x onerror=alert(1)>\r\nBcc: victim@example.org';
  const { subject, html } = await render('organisation_invite', 'en', { facts: { organisation: evil, inviter: evil } });
  expect(subject).toBe('You are invited to Ltd <img src=x onerror=alert(1)> Bcc: victim@example.org');
  expect(html).not.toContain('<img');
  expect(html).toContain('&lt;img');
});

const said = async (expiresInSeconds: number, locale: MailLocale): Promise<string> =>
  (await renderMail({ kind: 'magic_link', locale, data: DATA, to: 'a@example.org', expiresInSeconds })).text;

test('an invitation to an organisation says until when it is good', async () => {
  const facts = { organisation: 'Stone', expires: '2026-11-24 07:30 UTC' };
  const { text } = await render('organisation_invite', 'en', { facts });
  expect(text).toContain('Good until: 2026-11-24 07:30 UTC');
  expect((await render('organisation_invite', 'ar', { facts })).text).toContain('2026-11-24 07:30 UTC');
});

test('facts are shown however they are named, and a token that nobody types is no code', async () => {
  const facts = { old_phone: '+100', new_phone: '+200', factorType: 'totp', unheard_of: 'x' };
  const { text } = await render('phone_changed_notification', 'en', { facts, token: 'a'.repeat(43) });
  expect(text).toContain('Kind: totp\nBefore: +100\nNow: +200\n');
  expect(text).not.toMatch(/unheard|aaaa/);
});

test('the expiry is said in the largest exact unit', async () => {
  expect(await said(86_400, 'en')).toContain('within 1 day.');
  expect(await said(5_400, 'en')).toContain('within 90 minutes.');
  expect(await said(600, 'ar')).toContain('10 دقائق');
});
