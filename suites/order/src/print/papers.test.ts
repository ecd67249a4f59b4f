import type { PrintedPage, PrintedValue } from '@ashlar/kernel';
import { describe, expect, test } from 'vitest';
import { confirmationPage } from './confirmation-page.ts';
import { packingSlipPage } from './packing-slip-page.ts';
import { orderOf, packingSlipOf, pickListOf, returnSlipOf } from './papers.fixture.ts';
import { pickListPage } from './pick-list-page.ts';
import { returnSlipPage } from './return-slip-page.ts';

const headings = ({ columns }: PrintedPage) => columns.map(({ heading }) => heading.en);
const column = (page: PrintedPage, heading: string): readonly (PrintedValue | undefined)[] => {
  const at = headings(page).indexOf(heading);
  return page.rows.map((row) => row[at]);
};
/** Every amount on a page, wherever it stands. */
const amounts = (page: PrintedPage) => JSON.stringify(page).match(/"kind":"amount"/g)?.length ?? 0;

describe('a confirmation', () => {
  test('shows the figures that were taken down, and reckons none', () => {
    const page = confirmationPage(orderOf(3));
    expect(page.totals).toEqual([
      {
        label: expect.objectContaining({ en: 'Net' }),
        value: { kind: 'amount', minor: '150000', currency: 'USD', named: false },
      },
      expect.objectContaining({ code: 'VAT 15%' }),
      {
        label: expect.objectContaining({ en: 'Total' }),
        value: { kind: 'amount', minor: '172500', currency: 'USD', named: true },
      },
    ]);
    expect(column(page, 'Net')).toHaveLength(3);
  });

  test('says what stands between the lines and the total, before the total', () => {
    const label = { en: 'Shipping', ar: 'الشحن' };
    const page = confirmationPage(orderOf(1, { adjustments: [{ label, amount: '500' }] }));
    expect(page.totals.map((one) => one.label.en)).toEqual(['Net', 'Tax', 'Shipping', 'Total']);
  });

  test('has columns for discounts and for what was cancelled only where there are some', () => {
    expect(headings(confirmationPage(orderOf(2)))).not.toContain('Discount');
    const [first, second] = orderOf(2).lines;
    if (first === undefined || second === undefined) throw new Error('two lines were asked for');
    const page = confirmationPage(orderOf(2, { lines: [{ ...first, discount: '100', cancelled: '1' }, second] }));
    expect(headings(page)).toEqual(expect.arrayContaining(['Discount', 'Cancelled']));
    expect(column(page, 'Cancelled')).toEqual([
      { kind: 'code', code: '1' },
      { kind: 'code', code: '' },
    ]);
  });

  test('names who sells, who pays and where it goes', () => {
    const { from, to, also } = confirmationPage(orderOf(1));
    expect([from?.heading.en, to?.heading.en, also?.heading.en]).toEqual(['Seller', 'Customer', 'Ship to']);
  });
});

describe('papers of a parcel', () => {
  test('have a box to tick on every line, lines to sign on, and the parcel’s id to scan', () => {
    for (const page of [pickListPage(pickListOf(4)), packingSlipPage(packingSlipOf(4))]) {
      expect(column(page, 'Done')).toEqual(Array.from({ length: 4 }, () => ({ kind: 'tick' })));
      expect(page.signatures).toHaveLength(2);
      expect(page.qr).toBe('0199aaaa-0000-7000-8000-000000000001');
    }
  });

  test('tell no prices', () => {
    expect(amounts(packingSlipPage(packingSlipOf(4)))).toBe(0);
    expect(amounts(pickListPage(pickListOf(4)))).toBe(0);
    expect(amounts(returnSlipPage(returnSlipOf(4)))).toBe(0);
  });

  test('lead to a place first, and say so where there is none', () => {
    const [first, second] = pickListOf(2).picks;
    if (first === undefined || second === undefined) throw new Error('two picks were asked for');
    const page = pickListPage(pickListOf(2, { picks: [first, { ...second, place: null }] }));
    const [known, unknown] = column(page, 'Place');
    expect(known).toMatchObject({ kind: 'several', values: [{ code: 'A-01' }, { code: 'MAIN' }, { kind: 'words' }] });
    expect(unknown).toMatchObject({ kind: 'label', words: { en: 'No place known' } });
  });

  test('have no column for lots and serials where nothing has any', () => {
    const picks = pickListOf(4).picks.map((pick) => ({ ...pick, lot: null, serials: [] }));
    expect(headings(pickListPage(pickListOf(4)))).toContain('Lot, expiry, serials');
    expect(headings(pickListPage(pickListOf(4, { picks })))).not.toContain('Lot, expiry, serials');
  });
});

test('a return slip goes back to the seller, with the return’s id to scan', () => {
  const { from, to, qr } = returnSlipPage(returnSlipOf(1));
  expect([from?.heading.en, to?.heading.en]).toEqual(['Sender', 'Return to']);
  expect(qr).toBe('0199aaaa-0000-7000-8000-000000000002');
});
