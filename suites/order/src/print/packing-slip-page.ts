import type { PrintedFact, PrintedPage, PrintedValue, Wording } from '@ashlar/kernel';
import { code, fact, startOfDay, text } from '@ashlar/kernel/printing';
import type { PackingSlip } from '../application/print-parcel.ts';
import { addressOf, itemOf, sellerOf, words } from './words.ts';

/** What is in a parcel. No prices: it may be a gift. */
export function packingSlipPage(slip: PackingSlip): PrintedPage {
  const { id, number, placedOn, shippedOn, shipTo, seller, lines } = slip;
  const isLotted = lines.some(({ lots, serials }) => lots.length + serials.length > 0);
  return {
    title: words.packingSlip,
    number,
    madeAt: startOfDay(shippedOn ?? placedOn),
    from: sellerOf(seller, words.sender),
    to: addressOf(shipTo, words.shipTo),
    facts: factsOf(slip),
    columns: [
      { heading: words.no, share: 0 },
      { heading: words.item, share: 1 },
      ...(isLotted ? [{ heading: words.lots, share: 0.5 }] : []),
      { heading: words.ordered, share: 0, isNumber: true },
      { heading: words.packed, share: 0, isNumber: true },
      { heading: words.done, share: 0 },
    ],
    rows: lines.map((line): readonly PrintedValue[] => [
      code(String(line.line)),
      itemOf(line),
      ...(isLotted ? [text([...line.lots, ...line.serials].join('\n'))] : []),
      code(`${line.quantity} ${line.uom}`),
      code(`${line.packed} ${line.uom}`),
      { kind: 'tick' },
    ]),
    totals: [],
    notes: [],
    signatures: [words.packer, words.receiver],
    qr: id,
    seal: null,
  };
}

function factsOf({ orderNumber, placedOn, shippedOn, carrier, tracking }: PackingSlip): readonly PrintedFact[] {
  const facts: readonly (readonly [Wording, PrintedValue | null])[] = [
    [words.order, code(orderNumber)],
    [words.placedOn, code(placedOn)],
    [words.shippedOn, shippedOn === null ? null : code(shippedOn)],
    [words.carrier, carrier === null ? null : text(carrier)],
    [words.tracking, tracking === null ? null : code(tracking)],
  ];
  return facts.flatMap(([wording, value]) => (value === null ? [] : [fact(wording, value)]));
}
