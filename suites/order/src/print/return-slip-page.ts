import type { PrintedPage, PrintedValue } from '@ashlar/kernel';
import { code, fact, label, startOfDay, text } from '@ashlar/kernel/printing';
import type { ReturnSlip } from '../application/print-return.ts';
import { addressOf, itemOf, sellerOf, words } from './words.ts';

/** What comes back, for the parcel it comes in: who opens that finds the return by its code. */
export function returnSlipPage(slip: ReturnSlip): PrintedPage {
  const { id, number, orderNumber, requestedOn, reason, seller, from, lines } = slip;
  return {
    title: words.returnSlip,
    number,
    madeAt: startOfDay(requestedOn),
    from: addressOf(from, words.sender),
    to: sellerOf(seller, words.returnTo),
    facts: [fact(words.order, code(orderNumber)), fact(words.requestedOn, code(requestedOn))],
    columns: [
      { heading: words.no, share: 0 },
      { heading: words.item, share: 1 },
      { heading: words.quantity, share: 0, isNumber: true },
      { heading: words.done, share: 0 },
    ],
    rows: lines.map((line): readonly PrintedValue[] => [
      code(String(line.line)),
      itemOf(line),
      code(`${line.quantity} ${line.uom}`),
      { kind: 'tick' },
    ]),
    totals: [],
    notes: [fact(words.reason, text(reason)), fact(words.note, label(words.enclose))],
    signatures: [words.receiver, words.checker],
    qr: id,
    seal: null,
  };
}
