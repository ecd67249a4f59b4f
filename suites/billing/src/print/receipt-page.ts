import type { PrintedPage, PrintedValue } from '@ashlar/kernel';
import { code, fact, label, startOfDay } from '@ashlar/kernel/printing';
import type { z } from 'zod';
import type { PaymentReceipt } from '../application/print-documents.ts';
import { methods, partyOf, sellerOf, words } from './words.ts';

/** What came in by a payment, and what of it went back, day by day. */
export function receiptPage(receipt: z.output<typeof PaymentReceipt>): PrintedPage {
  const { number, seller, partyName, method, reference, moves, currency, received, refunded, kept } = receipt;
  const amount = (minor: string, named = false): PrintedValue => ({ kind: 'amount', minor, currency, named });
  const byMethod = methods[method];
  return {
    title: words.receipt,
    number,
    madeAt: startOfDay(moves.at(-1)?.date ?? '2000-01-01'),
    from: sellerOf(seller),
    to: partyName === null ? null : partyOf({ name: partyName }, words.from),
    facts: [
      fact(words.paidBy, byMethod === undefined ? code(method) : label(byMethod)),
      ...(reference === null ? [] : [fact(words.reference, { kind: 'text', text: reference })]),
    ],
    columns: [
      { heading: words.date, share: 0 },
      { heading: words.entry, share: 1 },
      { heading: words.total, share: 0, isNumber: true },
    ],
    rows: moves.map(({ date, kind, amount: minor }) => [
      code(date),
      label(kind === 'capture' ? words.received : words.givenBack),
      amount(kind === 'capture' ? minor : `-${minor}`),
    ]),
    totals: [
      ...(refunded === '0'
        ? []
        : [fact(words.received, amount(received)), fact(words.givenBack, amount(`-${refunded}`))]),
      fact(refunded === '0' ? words.received : words.kept, amount(kept, true)),
    ],
    notes: [],
    qr: null,
    seal: null,
  };
}
