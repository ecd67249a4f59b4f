import { expect, test } from 'vitest';
import type { MailData } from '../mail-data.ts';
import { checkOwnTemplate, renderOwnTemplate } from './render-own-template.ts';

const DATA: MailData = {
  siteUrl: 'https://shop.example.org',
  email: 'ada@example.org',
  token: '123456',
  tokenHash: 'abc',
  confirmationUrl: 'https://api.example.org/verify?token=abc&type=signup',
  metadata: { name: 'Ada <b>', vip: true, lang: 'ar', nested: { deep: 'x' }, list: [], url: 'javascript:alert(1)' },
  facts: { provider: 'github' },
};

const render = async (html: string, subject = 'Hello') => renderOwnTemplate({ subject, html }, DATA, 'ada@example.org');

test.each([
  [
    '<a href="{{ .ConfirmationURL }}">x</a>',
    '<a href="https://api.example.org/verify?token=abc&amp;type=signup">x</a>',
  ],
  ['{{.Token}} {{ .TokenHash }} {{ .SiteURL }} {{ .Email }}', '123456 abc https://shop.example.org ada@example.org'],
  ['{{ .NewEmail }}{{ .RedirectTo }}|{{ .SendingTo }}|{{ .Provider }}', '|ada@example.org|github'],
  ['{{ .Data.name }}', 'Ada &lt;b&gt;'],
  ['{{ .Data.nested.deep }}{{ .Data.missing.too }}{{ .Data.nested }}', 'x'],
  ['{{ .Data.constructor }}{{ .Data.__proto__ }}', ''],
  ['<p>  {{- .Token -}}  </p>', '<p>123456</p>'],
  ['a{{/* said to nobody */}}b', 'ab'],
  ['{{ if .Data.vip }}yes{{ else }}no{{ end }}', 'yes'],
  ['{{ if .Data.list }}yes{{ else }}no{{ end }}', 'no'],
  ['{{ if eq .Data.lang "en" }}en{{ else if eq .Data.lang "ar" }}ar{{ else }}?{{ end }}!', 'ar!'],
  ['{{ if and .Data.vip (not .Data.missing) (ne .Data.lang `en`) }}x{{ end }}', 'x'],
  ['{{ if or .Data.missing .Token }}x{{ end }}', 'x'],
  ['<a href="{{ .Data.url }}">x</a>', '<a href="#">x</a>'],
  ["<a href = '{{ .Data.name }}'>x</a>", "<a href = 'Ada &lt;b&gt;'>x</a>"],
  ['{ not } a {{ "template" }}', '{ not } a template'],
])('%s becomes %s', async (html, expected) => {
  expect((await render(html)).html).toBe(expected);
});

test.each([
  ['{{ .Nope }}', 'line 1: there is no variable .Nope'],
  ['\n\n{{ .Token ', 'line 3: "{{" without "}}"'],
  ['{{ if .Token }}', '{{ if }} without {{ end }}'],
  ['a\n{{ end }}', 'line 2: {{ end }} without {{ if }}'],
  ['{{ else }}', '{{ else }} without {{ if }}'],
  ['{{ if .Token }}{{ else }}{{ else }}{{ end }}', 'a second {{ else }}'],
  ['{{ range .Data.list }}{{ end }}', '"range" is not supported'],
  ['{{ template "x" }}', '"template" is not supported'],
  ['{{ .Token | html }}', 'goes on after its end'],
  ['{{ eq .Token }}', 'eq takes two operands or more'],
  ['{{ .Token.x }}', '.Token has no members'],
  ['{{ }}', 'an empty {{ }}'],
  ['{{ (.Token }}', 'is not closed'],
  ['{{ if .Token }}'.repeat(17), 'more than 16 levels'],
])('%j is refused: %s', (html, reason) => {
  expect(() => checkOwnTemplate({ subject: 'x', html })).toThrow(reason);
});

test('bounds hold: size, number of actions, size of the result, and a subject of one line', async () => {
  expect(() => checkOwnTemplate({ subject: 'x', html: 'x'.repeat(200_001) })).toThrow('longer than 200000');
  expect(() => checkOwnTemplate({ subject: 'x', html: '{{.Token}}'.repeat(2_001) })).toThrow('more than 2000');
  expect(() => checkOwnTemplate({ subject: 'a\r\nBcc: b@example.org', html: '' })).toThrow('several lines');
  const long = { ...DATA, metadata: { long: 'x'.repeat(10_000) } };
  const template = { subject: 'x', html: '{{ .Data.long }}'.repeat(200) };
  await expect(renderOwnTemplate(template, long, 'a@example.org')).rejects.toMatchObject({
    code: 'mail.template_too_large',
  });
});

test('openings without an end are found at once, however many there are', () => {
  const startedAt = performance.now();
  expect(() => checkOwnTemplate({ subject: 'x', html: '{{'.repeat(100_000) })).toThrow('line 1: "{{" without "}}"');
  // The square of that many took half a minute.
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

test('a mail of nothing but openings has a plain part all the same', async () => {
  const html = `<p>Hello</p>${'<table><tr><td>'.repeat(13_000)}`;
  expect((await renderOwnTemplate({ subject: 'x', html }, DATA, 'ada@example.org')).text).toContain('Hello');
});

test('a value adds no header through the subject, and the plain part is made of the HTML', async () => {
  const data = { ...DATA, metadata: { name: 'Ada\r\nBcc: all@example.org' } };
  const html = '<h1>Hello</h1><p>Open <a href="{{ .ConfirmationURL }}">this</a></p>';
  const mail = await renderOwnTemplate({ subject: 'Hi {{ .Data.name }} & co', html }, data, 'ada@example.org');
  expect(mail.subject).toBe('Hi Ada Bcc: all@example.org & co');
  expect(mail.text).toContain('https://api.example.org/verify?token=abc&type=signup');
  expect(mail.text).not.toContain('<');
});
