import { expect, test } from 'vitest';
import { childText, readXml } from './read-xml.ts';
import { element, errorDocument, xmlDocument } from './write-xml.ts';

test('what is written is read back, whatever it says', () => {
  const nasty = `<a> & "b" 'c' ]]> \u00e9 \u{1f600} &lt;`;
  const written = xmlDocument('Delete', element('Key', nasty), element('None', null), element('Quiet', true));
  const read = readXml(written, 'Delete');
  expect(childText(read, 'Key')).toBe(nasty);
  expect(childText(read, 'Quiet')).toBe('true');
  expect(childText(read, 'None')).toBeNull();
});

test('line ends and tabs survive, and letters XML has no place for do not', () => {
  expect(childText(readXml(xmlDocument('R', element('K', 'a\r\n\tb')), 'R'), 'K')).toBe('a\r\n\tb');
  expect(errorDocument({ Code: 'a\0b\u0008' })).toContain('<Code>a\ufffdb\ufffd</Code>');
});

test('declarations, namespaces, attributes and empty elements are understood', () => {
  const document = `\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<s:Delete xmlns:s="http://x/" >\n <Object a='1'><Key>&#x41;&#66;&amp;</Key></Object ><Quiet/></s:Delete>\n`;
  const read = readXml(document, 'Delete');
  expect(read.children.map(({ name }) => name)).toEqual(['Object', 'Quiet']);
  expect(read.children[0]?.children[0]?.text).toBe('AB&');
});

test.each([
  '',
  'text',
  '<R>',
  '</R>',
  '<R></Q>',
  '<R><a></R></a>',
  '<R/><R/>',
  '<R/>text',
  '<Q/>',
  '<!DOCTYPE R><R/>',
  '<!DOCTYPE R [<!ENTITY x "y">]><R>&x;</R>',
  '<!DOCTYPE R SYSTEM "file:///etc/passwd"><R/>',
  '<R>&x;</R>',
  '<R>&</R>',
  '<R>&#0;</R>',
  '<R>&#xd800;</R>',
  '<R>&#x110000;</R>',
  '<R><!-- comment --></R>',
  '<R><![CDATA[x]]></R>',
  '<R><?php x ?></R>',
  '<R a=b/>',
  '<R a="&x;"/>',
  '<R>a<b/>c</R>',
  `${'<R>'.repeat(50)}${'</R>'.repeat(50)}`,
  `<R>${'<a/>'.repeat(100_001)}</R>`,
])('what is no document of S3 is refused: %.40s', (document) => {
  expect(() => readXml(document, 'R')).toThrow('XML');
});

test('hostile documents cost no more than their length', { timeout: 20_000 }, () => {
  const bytes = 4_000_000;
  for (const document of [
    `<R ${' '.repeat(bytes)}`,
    `<R>${'<'.repeat(bytes)}`,
    `<R>${'&'.repeat(bytes)}`,
    `<R${' a="b"'.repeat(bytes / 6)}`,
    `<${'a'.repeat(bytes)}>`,
    ' '.repeat(bytes),
  ]) {
    expect(() => readXml(document, 'R')).toThrow('XML');
  }
});
