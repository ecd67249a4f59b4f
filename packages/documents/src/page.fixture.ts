import type { PrintedPage, PrintedValue } from '@ashlar/kernel';

const amount = (minor: string, named = false): PrintedValue => ({ kind: 'amount', minor, currency: 'USD', named });
const code = (text: string): PrintedValue => ({ kind: 'code', code: text });

/** An invoice of so many lines, with both languages in every place there is. */
export function invoiceOf(lines: number, more: Partial<PrintedPage> = {}): PrintedPage {
  return {
    title: { en: 'Tax invoice', ar: 'فاتورة ضريبية' },
    number: 'INV-2026-17',
    madeAt: new Date('2026-03-10T00:00:00Z'),
    from: {
      heading: { en: 'Seller', ar: 'البائع' },
      name: { kind: 'words', words: { en: 'The General Store', ar: 'المتجر العام' } },
      lines: [{ kind: 'words', words: { en: '12 Market Street\nBaghdad', ar: 'شارع السوق ١٢\nبغداد' } }],
    },
    to: { heading: { en: 'Bill to', ar: 'فاتورة إلى' }, name: { kind: 'text', text: 'شركة النور' }, lines: [] },
    facts: [{ label: { en: 'Issued on', ar: 'تاريخ الإصدار' }, value: code('2026-03-10') }],
    columns: [
      { heading: { en: 'No.', ar: 'رقم' }, share: 0 },
      { heading: { en: 'Description', ar: 'الوصف' }, share: 1 },
      { heading: { en: 'Quantity', ar: 'الكمية' }, share: 0, isNumber: true },
      { heading: { en: 'Net', ar: 'الصافي' }, share: 0, isNumber: true },
    ],
    rows: Array.from({ length: lines }, (_, index): readonly PrintedValue[] => [
      code(String(index + 1)),
      { kind: 'words', words: { en: 'Green tea', ar: 'شاي أخضر' }, code: `TEA-${index + 1}` },
      code('2 pcs'),
      amount('900'),
    ]),
    totals: [{ label: { en: 'Total', ar: 'الإجمالي' }, value: amount('123450', true) }],
    notes: [],
    qr: 'INV-2026-17',
    seal: null,
    ...more,
  };
}
