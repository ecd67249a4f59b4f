import { expect, test } from 'vitest';
import { writeHtmlTable } from './html-table.ts';
import { readClipboard } from './read-clipboard.ts';
import { parseTsv, writeTsv } from './tsv.ts';

test('a table written for a spreadsheet reads back as it was', () => {
  const table = [
    ['a', 'b\tc', ''],
    ['line one\nline two', 'say "hi"', '"'],
    ['', '', 'عربي'],
  ];
  expect(parseTsv(writeTsv(table))).toEqual(table);
});
test('what Excel copies has a line end after the last row, which is no row', () => {
  expect(parseTsv('1\t2\r\n3\t4\r\n')).toEqual([
    ['1', '2'],
    ['3', '4'],
  ]);
});
test('a quote within a cell is a letter', () => {
  expect(parseTsv('5" pipe\t"5" pipe')).toEqual([['5" pipe', '"5" pipe']]);
});
test('an empty last cell and an empty line count', () => {
  expect(parseTsv('a\t\n\nb')).toEqual([['a', ''], [''], ['b']]);
});
test('NULL survives a copy between grids, and stays apart from the empty text', () => {
  const table = [
    ['a', null, ''],
    [null, '<b>', 'x\ny'],
  ];
  expect(readClipboard(writeTsv(table), writeHtmlTable(table))).toEqual(table);
  expect(readClipboard('', writeHtmlTable([[null]]))).toEqual([[null]]);
});
test('a table of another program has no NULL', () => {
  expect(readClipboard('a\t\r\n', '<table><tr><td>a</td><td></td></tr></table>')).toEqual([['a', '']]);
});
test('what is written as HTML cannot become markup', () => {
  expect(writeHtmlTable([['<img src=x onerror=alert(1)>']])).not.toContain('<img');
});
