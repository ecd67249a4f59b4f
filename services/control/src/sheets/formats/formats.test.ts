import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvLine } from '../export/csv-line.ts';
import { examineFile, type Examined } from '../examine-file.ts';
import { makeZip, sheetXml } from '../zip.fixture.ts';
import { CsvReader, guessDelimiter } from './csv-reader.ts';
import { JsonReader } from './json-reader.ts';
import { readRows } from './source-file.ts';
import { type Cell, FileFault } from './source-row.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ashlar-formats-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function fileOf(content: string | Buffer): Promise<string> {
  files += 1;
  const path = join(folder, String(files));
  await writeFile(path, content);
  return path;
}
const examine = async (
  content: string | Buffer,
  asked: Parameters<typeof examineFile>[1] = {},
): Promise<Examined & { readonly path: string }> => {
  const path = await fileOf(content);
  return { path, ...(await examineFile(path, asked, new AbortController().signal)) };
};
const typesOf = ({ columns }: Examined): Readonly<Record<string, string>> =>
  Object.fromEntries(columns.map(({ name, type }) => [name, type]));
const rowsOf = async ({ path, form, columns }: Awaited<ReturnType<typeof examine>>): Promise<unknown> => {
  const found: unknown[] = [];
  for await (const { cells, fault } of readRows(
    path,
    form,
    columns.map(({ name }) => name),
  ))
    found.push(fault ?? cells);
  return found;
};
function csvRows(pieces: readonly string[], delimiter = ','): readonly (readonly Cell[])[] {
  const reader = new CsvReader(delimiter);
  return [...pieces.flatMap((piece) => [...reader.push(piece)]), ...reader.end()].map(({ cells }) => cells);
}

const signs = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ب') });
// What begins with a return would be written as a text that is told to be one.
const cell = fc.oneof(
  fc.constant(null),
  signs.filter((text) => !text.startsWith('\r')),
);
test('a line that was written is read again, wherever the pieces of the file end', () => {
  const lines = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 });
  const holds = fc.property(lines, fc.integer({ min: 1, max: 9 }), (rows, size) => {
    const text = rows.map((cells) => csvLine(cells)).join('');
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
      text.slice(at * size, (at + 1) * size),
    );
    expect(csvRows(pieces)).toEqual(rows);
  });
  fc.assert(holds, { seed: 4711, numRuns: 500 });
});

test('a text a spreadsheet would compute is told to be a text, and a number stays one', () => {
  expect(csvLine(['=1+1', '-5', '+44 20', '@x', '\tx', '-2e3', 'a=b'])).toBe(`'=1+1,-5,'+44 20,'@x,'\tx,-2e3,a=b\r\n`);
});

test('the delimiter is the one that parts all lines alike', () => {
  expect(guessDelimiter('a;b,c;d\n1;2,5;3\n')).toBe(';');
  expect(guessDelimiter('a\tb\n"x,y"\t2\n')).toBe('\t');
  expect(guessDelimiter('one\ntwo\n')).toBe(',');
});

test('a column has the narrowest type that reads all its values', async () => {
  const found = await examine(
    [
      'id,big,price,code,day,seen,ok,note,key,meta,none',
      '1,9000000000,1.50,007,2026-01-31,2026-01-31T10:00:00Z,yes,x,7d444840-9dc0-11d1-b245-5ffdce74fad2,"{""a"":1}",',
      '٢,5,٣٫٢٥,12,31/1/2026,2026-02-01 11:30+03,no,2026,7d444840-9dc0-11d1-b245-5ffdce74fad3,[],',
    ].join('\n'),
  );
  expect(typesOf(found)).toEqual({
    id: 'integer', big: 'bigint', price: 'numeric', code: 'text', day: 'date', seen: 'timestamptz', ok: 'boolean',
    note: 'text', key: 'uuid', meta: 'jsonb', none: 'text',
  }); // prettier-ignore
  expect(found).toMatchObject({ rows: 2, faulty: 0, form: { format: 'csv', encoding: 'utf-8', delimiter: ',' } });
  expect(found.columns.find(({ name }) => name === 'day')?.dates).toBe('dmy');
  expect(found.columns[0]).toMatchObject({ isUnique: true, hasEmpty: false });
});

test('headings that come twice or not at all get names of their own', async () => {
  const { columns } = await examine('name,name,,name_2\n1,2,3,4\n');
  expect(columns.map(({ name }) => name)).toEqual(['name', 'name_2', 'column_3', 'name_2_2']);
  const bare = await examine('1,2\n3,4\n', { headings: false });
  expect([bare.columns.map(({ name }) => name), bare.rows]).toEqual([['column_1', 'column_2'], 2]);
});

test('a row with too many, too few or unreadable cells has a fault, and the others are read', async () => {
  const found = await examine('a,b\n1,2\n3\n4,5,6\n7,8,\n');
  expect(found).toMatchObject({ rows: 4, faulty: 2 });
  expect(await rowsOf(found)).toEqual([['1', '2'], 'too-few-cells', 'too-many-cells', ['7', '8']]);
  const withNul = await examine('[{"a":"x\\u0000"},{"a":"\\ud800"},{"a":"y"}]');
  expect(await rowsOf(withNul)).toEqual(['not-text', 'not-text', ['y']]);
});

test.each([
  ['utf-8', Buffer.from('\uFEFFاسم,مدينة\nليلى,بغداد\n')],
  ['utf-16le', Buffer.from('\uFEFFاسم,مدينة\nليلى,بغداد\n', 'utf16le')],
  ['utf-16be', Buffer.from('\uFEFFاسم,مدينة\nليلى,بغداد\n', 'utf16le').swap16()],
  [
    'windows-1256',
    Buffer.from([
      0xc7, 0xd3, 0xe3, 0x2c, 0xe3, 0xcf, 0xed, 0xe4, 0xc9, 0x0a, 0xe1, 0xed, 0xe1, 0xec, 0x2c, 0xc8, 0xdb, 0xcf, 0xc7,
      0xcf,
    ]),
  ],
])('Arabic in %s is recognised', async (encoding, content) => {
  const found = await examine(content);
  expect(found.form).toMatchObject({ encoding });
  expect(found.columns.map(({ name }) => name)).toEqual(['اسم', 'مدينة']);
  expect(found.sample).toEqual([['ليلى', 'بغداد']]);
});

test('JSON is read as an array and as lines, with every figure as it is written', async () => {
  const items = ['{"id":9007199254740993,"tags":["a",1.10],"gone":null}', '{"id":2,"note":"x","more":{"a":true}}'];
  for (const text of [`[${items.join(',')}]`, `${items.join('\n')}\n`, ` [ ${items.join(' ,\n ')} ] `]) {
    const found = await examine(text);
    expect(found.columns.map(({ name }) => name)).toEqual(['id', 'tags', 'gone', 'note', 'more']);
    expect(await rowsOf(found)).toEqual([
      ['9007199254740993', '["a",1.10]', null, null, null],
      ['2', null, null, 'x', '{"a":true}'],
    ]);
  }
  expect(await rowsOf(await examine('[{"a":1},5,{"a":2}]'))).toEqual([['1'], 'not-an-object', ['2']]);
});

test.each([
  ['[{"a":1}', 'not-json'],
  ['[{"a":1}] more', 'not-json'],
  ['{"a":1}}', 'not-json'],
  ['{"a":tru}', 'not-json'],
  ['a,b\n"1,2\n', 'quote-not-closed'],
  ['', 'empty'],
  [' \n ', 'empty'],
  [Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1, 2, 3]), 'not-text'],
  [Buffer.from('PK\u0003\u0004 and nothing behind'), 'not-a-workbook'],
  [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), 'not-a-workbook'],
] as const)('%o is refused as %s', async (content, reason) => {
  await expect(examine(content)).rejects.toMatchObject({ reason });
});

test('a quote that is never closed ends the reading before it fills the memory', () => {
  const reader = new CsvReader(',');
  const megabyte = 'x'.repeat(1_000_000);
  expect(() => {
    for (const piece of ['"', ...Array<string>(6).fill(megabyte)]) Array.from(reader.push(piece));
  }).toThrow(FileFault);
  const items = new JsonReader();
  expect(() => {
    for (const piece of ['[{"a":"', ...Array<string>(6).fill(megabyte)]) Array.from(items.push(piece));
  }).toThrow(FileFault);
});

test('a workbook gives texts, numbers, dates and what formulas came to', async () => {
  const found = await examine(
    makeZip({
      'xl/workbook.xml':
        '<workbook><sheets><sheet name="Stock &amp; more" r:id="r1"/><sheet name="Two" r:id="r2"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels':
        '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
      'xl/styles.xml':
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>',
      'xl/sharedStrings.xml': '<sst><si><t>name</t></si><si><r><t>Le</t></r><r><t>ila</t></r></si></sst>',
      'xl/worksheets/sheet1.xml': sheetXml(
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>sum</t></is></c><c r="C1" t="str"><v>day</v></c><c r="D1" t="str"><v>at</v></c></row>',
        '<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3"><f>1+1</f><v>1E5</v></c><c r="C3" s="1"><v>46022</v></c><c r="D3" s="2"><v>46022.5</v></c></row>',
        '<row r="4"><c r="B4"><v>2.5</v></c></row>',
      ),
      'xl/worksheets/sheet2.xml': sheetXml('<row r="1"><c r="A1" t="b"><v>1</v></c></row>'),
    }),
  );
  expect(found).toMatchObject({
    form: { format: 'xlsx', sheet: 'Stock & more' },
    sheets: ['Stock & more', 'Two'],
    rows: 2,
  });
  expect(typesOf(found)).toEqual({ name: 'text', sum: 'numeric', day: 'date', at: 'timestamp' });
  expect(found.sample).toEqual([
    ['Leila', '100000', '2025-12-31', '2025-12-31 12:00:00'],
    [null, '2.5', null, null],
  ]);
});

test('a workbook that defines entities of its own, or unpacks to more than any may, is refused', async () => {
  const rels = '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>';
  const book = '<workbook><sheets><sheet name="A" r:id="r1"/></sheets></workbook>';
  const parts = { 'xl/workbook.xml': book, 'xl/_rels/workbook.xml.rels': rels };
  const entities = makeZip({ ...parts, 'xl/worksheets/sheet1.xml': '<!DOCTYPE x [<!ENTITY a "aa">]><worksheet/>' });
  await expect(examine(entities)).rejects.toMatchObject({ reason: 'not-a-workbook' });
  const bomb = makeZip({
    ...parts,
    'xl/styles.xml': `<!--${'x'.repeat(1024 * 1024)}-->`.repeat(70),
    'xl/worksheets/sheet1.xml': sheetXml(''),
  });
  await expect(examine(bomb)).rejects.toMatchObject({ reason: 'workbook-too-large' });
});
