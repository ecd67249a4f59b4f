import { createPrinter } from '@ashlar/documents';
import type { PrintedPage, PrintedValue } from '@ashlar/kernel';
import type { Effort } from '../measure/compare-scenario.ts';
import { cpuUsed } from '../measure/cpu.ts';
import type { Verdict } from '../report.ts';

export interface DocumentFigures {
  readonly lines: number;
  readonly pages: number;
  /** Milliseconds of CPU one document costs, this process and the one that compiles together. */
  readonly cpuMs: number;
  readonly p50Ms: number;
}

const LINES = 45;
const WARM_UP = 10;

/** Invoices of 45 lines in both languages, none like another, printed one after the other. */
export async function measureDocuments(effort: Effort): Promise<DocumentFigures> {
  const printer = createPrinter();
  try {
    const print = (number: number): Promise<Uint8Array> =>
      printer.print({ page: invoice(number), paper: 'a4', language: number % 2 === 0 ? 'en' : 'ar', isCopy: false });
    for (let number = 1; number <= WARM_UP; number += 1) await print(number);
    const pages = effort.rounds * 20;
    const durations: number[] = [];
    const before = await cpuUsed(process);
    for (let number = 1; number <= pages; number += 1) {
      const startedAt = performance.now();
      await print(WARM_UP + number);
      durations.push(performance.now() - startedAt);
    }
    const after = await cpuUsed(process);
    const usedUs = after.server - before.server + after.postgres - before.postgres;
    const p50Ms = durations.toSorted((one, other) => one - other)[Math.floor(pages / 2)] ?? 0;
    return { lines: LINES, pages, cpuMs: usedUs / pages / 1000, p50Ms };
  } finally {
    await printer.close();
  }
}

export function judgeDocuments({ lines, cpuMs }: DocumentFigures): readonly Verdict[] {
  return [{ what: `CPU of an invoice of ${lines} lines as PDF`, got: cpuMs, wanted: 150, sense: 'most', unit: 'ms' }];
}

export function describeDocuments({ pages, p50Ms, lines }: DocumentFigures): string {
  return `documents: ${pages} invoices of ${lines} lines, one after the other; one takes ${p50Ms.toFixed(0)} ms (p50)`;
}

function invoice(number: number): PrintedPage {
  return {
    title: { en: 'Tax invoice', ar: 'فاتورة ضريبية' },
    number: `INV-2026-${number}`,
    madeAt: new Date('2026-03-10T00:00:00Z'),
    from: {
      heading: { en: 'Seller', ar: 'البائع' },
      name: { kind: 'words', words: { en: 'The General Store', ar: 'المتجر العام' } },
      lines: [],
    },
    to: { heading: { en: 'Bill to', ar: 'فاتورة إلى' }, name: { kind: 'text', text: `شركة ${number}` }, lines: [] },
    facts: [{ label: { en: 'Issued on', ar: 'تاريخ الإصدار' }, value: code('2026-03-10') }],
    columns: [
      { heading: { en: 'No.', ar: 'رقم' }, share: 0 },
      { heading: { en: 'Description', ar: 'الوصف' }, share: 1 },
      { heading: { en: 'Quantity', ar: 'الكمية' }, share: 0, isNumber: true },
      { heading: { en: 'Unit price', ar: 'سعر الوحدة' }, share: 0, isNumber: true },
      { heading: { en: 'Net', ar: 'الصافي' }, share: 0, isNumber: true },
    ],
    rows: Array.from({ length: LINES }, (_, index): readonly PrintedValue[] => [
      code(String(index + 1)),
      {
        kind: 'words',
        words: { en: `Article ${number}-${index}`, ar: `صنف ${index} من ${number}` },
        code: `SKU-${number}-${index}`,
      },
      code('2 pcs'),
      amount(450 + index),
      amount(900 + 2 * index),
    ]),
    totals: [{ label: { en: 'Total', ar: 'الإجمالي' }, value: amount(number * 1000, true) }],
    notes: [],
    qr: `INV-2026-${number}`,
    seal: null,
  };
}

function amount(minor: number, named = false): PrintedValue {
  return { kind: 'amount', minor: String(minor), currency: 'USD', named };
}

function code(text: string): PrintedValue {
  return { kind: 'code', code: text };
}
