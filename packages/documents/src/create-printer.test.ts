import { createHash } from 'node:crypto';
import { readPdf } from '@ashlar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createPrinter, type PrintRequest } from './create-printer.ts';
import { invoiceOf } from './page.fixture.ts';

const printer = createPrinter();
afterAll(() => printer.close());

const request = (more: Partial<PrintRequest> = {}): PrintRequest => ({
  page: invoiceOf(2),
  paper: 'a4',
  language: 'en',
  isCopy: false,
  ...more,
});
const print = (more: Partial<PrintRequest> = {}) => printer.print(request(more));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const textsOf = async (more: Partial<PrintRequest> = {}) => readPdf(await print(more)).pages;
/** Arabic stands on paper from right to left: painted leftmost first, it reads backwards. */
const painted = (words: string) => Array.from(words).toReversed().join('');

describe('a page', () => {
  test('is the same bytes for the same document, and others for another', async () => {
    const first = await print();
    expect(sha256(await print())).toBe(sha256(first));
    expect(sha256(await print({ page: invoiceOf(3) }))).not.toBe(sha256(first));
    expect(Buffer.from(first.subarray(0, 5)).toString()).toBe('%PDF-');
  });

  // Whoever changes a template, a font or the compiler makes copies of what was printed before: on purpose only.
  test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('looks as it did', async () => {
    const looks = await Promise.all(
      (['a4', '80mm'] as const).flatMap((paper) =>
        (['en', 'ar'] as const).map(async (language) => sha256(await print({ paper, language }))),
      ),
    );
    expect(looks).toMatchInlineSnapshot(`
      [
        "b2b43631d7cd8d95ed66f49d62f2d0fcea8fe79e3d8d74a262874ff1ddd12225",
        "0896e0bbcc25c82f5e640ea9fcd613736bd53f9b8f60544b4894f2a61ac0c35a",
        "b69260142fb8f5d50a87d89f80ba16a1ce96fbdcef2b141df2d91f64bbce1675",
        "773c0bf271284f2da7d6fb6fd5fe9e5474b8871d035595b2dd24e4999556a377",
      ]
    `);
  });

  test('has its words in both languages, letters joined, Arabic from right to left', async () => {
    for (const language of ['en', 'ar'] as const) {
      const text = (await textsOf({ language })).flat().join('');
      expect(text).toContain('Tax invoice');
      expect(text).toContain(painted('المتجر العام'));
      expect(text).toContain(painted('شارع السوق'));
      expect(text).toContain('Green tea');
      expect(text).not.toContain('\uFFFD');
    }
  });

  test('keeps amounts and codes from left to right, with thousands and decimals', async () => {
    for (const language of ['en', 'ar'] as const) {
      const runs = (await textsOf({ language })).flat();
      expect(runs).toContain('USD\u00A01,234.50');
      expect(runs).toContain('INV-2026-17');
      expect(runs).toContain('TEA-2');
    }
  });

  test('repeats the head of a long table and counts its pages', async () => {
    const pages = await textsOf({ page: invoiceOf(60) });
    expect(pages.length).toBeGreaterThan(2);
    pages.forEach((runs, index) => {
      const text = runs.join('');
      expect(text).toContain(`Page ${index + 1} of ${pages.length}`);
      expect(text).toContain('INV-2026-17');
      if (text.includes('Green tea')) expect(runs).toContain('Description');
    });
    const rows = pages.flat().filter((run) => /^TEA-\d+$/.test(run));
    expect(rows).toEqual(Array.from({ length: 60 }, (_, index) => `TEA-${index + 1}`));
    expect(pages.at(-1)).toContain('USD\u00A01,234.50');
  });

  test('says of a copy that it is one, in both languages', async () => {
    expect((await textsOf()).flat()).not.toContain('Copy');
    const copy = (await textsOf({ isCopy: true })).flat();
    expect(copy).toContain('Copy');
    expect(copy).toContain(painted('نسخة'));
  });

  test('of a roll is one page, as long as it needs', async () => {
    const pages = await textsOf({ paper: '80mm', language: 'ar', page: invoiceOf(60) });
    expect(pages).toHaveLength(1);
    expect(pages[0]).toContain('TEA-60');
    expect(pages[0]).toContain('USD\u00A01,234.50');
  });

  test('shows what somebody wrote as letters: no markup, no controls, no word too long', async () => {
    const hostile = '#panic("x") $a$ *b* @c <d> \u202Eevil\u202C #import "@preview/x:1.0.0"';
    const long = 'W'.repeat(500);
    const to = {
      heading: { en: 'To', ar: 'إلى' },
      name: { kind: 'text', text: hostile } as const,
      lines: [{ kind: 'text', text: long } as const],
    };
    const text = (await textsOf({ page: invoiceOf(1, { to }) })).flat().join('');
    expect(text).toContain('#panic("x") $a$ *b* @c <d> evil');
    expect(text.replaceAll(/[^W]/g, '')).toHaveLength(500);
  });
});

describe('the printer', () => {
  test('refuses more rows than it prints', async () => {
    await expect(print({ page: invoiceOf(5001) })).rejects.toMatchObject({ code: 'documents.too_large' });
  });

  test('ends a page that takes too long, and goes on with the next', async () => {
    const hasty = createPrinter({ deadlineMs: 1 });
    await expect(hasty.print(request())).rejects.toThrow('ended over this one');
    await expect(hasty.print(request())).rejects.toThrow('ended over this one');
    await hasty.close();
    expect((await print()).length).toBeGreaterThan(1000);
  });

  test('gives way to a fresh process when the memory is over the limit', async () => {
    const small = createPrinter({ memoryBytes: 1 });
    const [one, two] = [await small.print(request()), await small.print(request())];
    expect(sha256(one)).toBe(sha256(two));
    await small.close();
  });

  test('prints many at once, one after the other', async () => {
    const counts = [1, 2, 3, 4, 5];
    const files = await Promise.all(counts.map((lines) => textsOf({ page: invoiceOf(lines) })));
    expect(files.map((pages) => pages.flat().filter((run) => /^TEA-\d+$/.test(run)).length)).toEqual(counts);
  });
});
