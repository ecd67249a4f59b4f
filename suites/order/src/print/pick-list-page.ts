import type { PrintedPage, PrintedValue } from '@ashlar/kernel';
import { code, fact, label, startOfDay, text } from '@ashlar/kernel/printing';
import type { PickList } from '../application/print-parcel.ts';
import { addressOf, itemOf, words } from './words.ts';

/** What to fetch, place by place, with a box to tick for each. */
export function pickListPage(list: PickList): PrintedPage {
  const { id, number, orderNumber, placedOn, shipTo, note, picks } = list;
  const isLotted = picks.some(({ lot, serials }) => lot !== null || serials.length > 0);
  return {
    title: words.pickList,
    number,
    madeAt: startOfDay(placedOn),
    from: null,
    to: addressOf(shipTo, words.shipTo),
    facts: [
      fact(words.order, code(orderNumber)),
      fact(words.lines, code(String(picks.length))),
      fact(words.placedOn, code(placedOn)),
    ],
    columns: [
      { heading: words.done, share: 0 },
      { heading: words.place, share: 0.45 },
      { heading: words.item, share: 1 },
      ...(isLotted ? [{ heading: words.lot, share: 0.55 }] : []),
      { heading: words.quantity, share: 0, isNumber: true },
    ],
    rows: picks.map((pick) => [
      { kind: 'tick' },
      placeOf(pick),
      itemOf(pick),
      ...(isLotted ? [lotOf(pick)] : []),
      code(`${pick.quantity} ${pick.uom}`),
    ]),
    totals: [],
    notes: note === null || note === '' ? [] : [fact(words.note, text(note))],
    signatures: [words.picker, words.checker],
    // Whoever scans it has the parcel in hand.
    qr: id,
    seal: null,
  };
}

type Pick = PickList['picks'][number];

/** The code on the shelf first: that is what one looks for. */
function placeOf({ place }: Pick): PrintedValue {
  if (place === null) return label(words.nowhere);
  const { warehouse, location, name } = place;
  const named: readonly PrintedValue[] = Object.keys(name).length === 0 ? [] : [{ kind: 'words', words: name }];
  return { kind: 'several', values: [code(location), code(warehouse), ...named] };
}

/** Serials are all alike: each of them will do, or each of them left. */
function lotOf({ lot, serials }: Pick): PrintedValue {
  const pieces = text(serials.join('\n'));
  if (lot === null) return pieces;
  const expiry = lot.expiresOn === null ? [] : [code(lot.expiresOn)];
  return { kind: 'several', values: [code(lot.code), ...expiry, ...(serials.length === 0 ? [] : [pieces])] };
}
