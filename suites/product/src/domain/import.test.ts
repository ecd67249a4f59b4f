import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText } from './decode-text.ts';
import { readImportRow } from './import-row.ts';
import { readCsv } from './read-csv.ts';
import { csvLine } from './write-csv.ts';

async function rowsOf(bytes: Iterable<Uint8Array>) {
  const rows = [];
  for await (const { cells } of readCsv(decodeText(bytes))) rows.push(cells);
  return rows;
}

test('a table comes back as it was written, however its bytes were cut', async () => {
  const cell = fc
    .string({ maxLength: 12 })
    .filter((text) => text === text.trim() && !text.startsWith('\uFEFF') && !text.includes('\0'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { maxLength: 10 }),
      fc.integer({ min: 1, max: 50 }),
      async (rows, size) => {
        const given = rows.filter((row) => row.some((text) => text !== ''));
        const text = [csvLine(['one', 'two']), ...given.map((row) => csvLine(row))].join('');
        const bytes = new TextEncoder().encode(text);
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
          bytes.slice(n * size, (n + 1) * size),
        );
        expect(await rowsOf(chunks)).toEqual(given.map(([one, two]) => ({ one, two })));
      },
    ),
    { numRuns: 100 },
  );
});

test('encodings and delimiters are found out', async () => {
  const arabic = 'sku;title.ar\r\nA;قهوة\r\n';
  const utf16 = Buffer.from(`\uFEFF${arabic}`, 'utf16le');
  const windows1256 = Uint8Array.from([...Buffer.from('sku;title.ar\r\nA;'), 0xde, 0xe5, 0xe6, 0xc9, 0x0d, 0x0a]);
  for (const bytes of [Buffer.from(arabic), utf16, windows1256]) {
    expect(await rowsOf([bytes])).toEqual([{ sku: 'A', 'title.ar': 'قهوة' }]);
  }
});

test('a quote that is never closed, and a row longer than the first, are no table', async () => {
  for (const text of ['a,b\n"x', 'a,b\n1,2,3', 'a,a\n1,2']) {
    await expect(rowsOf([Buffer.from(text)])).rejects.toMatchObject({ code: 'product.import_malformed' });
  }
});

test('cells that look like formulas are told to be text', () => {
  expect(csvLine(['=1+1', '@x', '-2', 'plain'])).toBe(`'=1+1,'@x,'-2,plain\r\n`);
});

test('a row of a table is a product, with prices in minor units', () => {
  const cells = {
    sku: ' A-1 ',
    'title.en': 'Cup',
    brand: '',
    barcode: '4006381333931',
    'price.usd': '١٢٫٥',
    'price.iqd': '16250',
  };
  expect(readImportRow(cells)).toMatchObject({
    product: {
      sku: 'A-1',
      barcode: { symbology: 'ean13' },
      prices: [
        { currency: 'USD', amount: '1250' },
        { currency: 'IQD', amount: '16250000' },
      ],
    },
  });
});

test('all faults of a row are told at once, by column', () => {
  const read = readImportRow({ sku: '', 'title.en': '<i>x</i>', uom: 'parsec', 'price.usd': '1,250', colour: 'red' });
  const columns = 'faults' in read ? read.faults.map(({ column }) => column) : [];
  expect(new Set(columns)).toEqual(new Set(['sku', 'title', 'uom', 'price.usd', 'colour']));
});
