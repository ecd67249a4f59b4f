import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { INVOICE_EDITION, invoicePage } from './invoice-page.ts';
import type { SealedContent } from './sealed-content.ts';

const content: SealedContent = {
  kind: 'credit_note',
  label: 'CN-2026-1',
  credits: 'INV-2026-1',
  reason: 'Broken',
  issueDate: '2026-03-10',
  supplyDate: '2026-03-09',
  dueDate: '2026-04-10',
  seller: {
    name: { en: 'The shop', ar: 'المتجر' },
    address: { en: 'Road 1' },
    taxNumber: '1',
    phone: '2',
    email: 'a@b.cd',
  },
  party: { name: 'Ada', address: 'Road 2', taxNumber: '3', email: 'e@f.gh' },
  currency: 'USD',
  prices: 'exclusive',
  lines: [
    {
      no: 1,
      title: { en: 'Tea' },
      sku: 'TEA',
      quantity: '2.500000',
      uom: 'kg',
      unitPrice: '450.000000',
      discount: '5',
      taxes: [{ code: 'VAT', percent: '15.000000' }],
      net: '1120',
      tax: '168',
    },
  ],
  taxes: [{ code: 'VAT', percent: '15.000000', base: '1120', tax: '168' }],
  net: '1120',
  tax: '168',
  rounding: '2',
  total: '1290',
  note: 'Thanks',
};

// Whoever changes what stands on an issued document raises its edition with it, or its prints are told to be wrong.
test('what stands on an issued document is what its edition says', () => {
  const pages = (['a4', '80mm'] as const).map((paper) => invoicePage(content, 'hash', paper));
  const look = createHash('sha256').update(JSON.stringify(pages)).digest('hex').slice(0, 16);
  expect({ edition: INVOICE_EDITION, look }).toMatchInlineSnapshot(`
    {
      "edition": 1,
      "look": "06861831d7d914f6",
    }
  `);
});
