import type { PrintedColumn, PrintedFact, PrintedPage, PrintedValue, Wording } from '@ashlar/kernel';
import { code, fact, shortDecimal, startOfDay, text } from '@ashlar/kernel/printing';
import type { PrintedOrder } from '../application/print-order.ts';
import { addressOf, itemOf, payments, sellerOf, statuses, tenders, worded, words } from './words.ts';

type Line = PrintedOrder['lines'][number];

interface Column extends PrintedColumn {
  readonly cell: (line: Line) => PrintedValue;
}

/** An order as it was placed: each figure is one that was taken down then. */
export function confirmationPage(order: PrintedOrder): PrintedPage {
  const { number, placedOn, seller, party, shipTo, note } = order;
  const columns = columnsOf(order);
  return {
    title: words.confirmation,
    number,
    madeAt: startOfDay(placedOn),
    from: sellerOf(seller, words.seller),
    to: {
      heading: words.buyer,
      name: text(party.name),
      lines: [
        ...(party.address === undefined ? [] : [text(party.address)]),
        ...(party.email === undefined ? [] : [code(party.email)]),
      ],
    },
    also: addressOf(shipTo, words.shipTo),
    facts: factsOf(order),
    columns,
    rows: order.lines.map((line) => columns.map(({ cell }) => cell(line))),
    totals: totalsOf(order),
    notes: note === null || note === '' ? [] : [fact(words.note, text(note))],
    qr: number,
    seal: `${words.noInvoice.en} · ${words.noInvoice.ar}`,
  };
}

function numbered(wording: Wording, taxNumber: string | undefined): readonly PrintedFact[] {
  return taxNumber === undefined ? [] : [fact(wording, code(taxNumber))];
}

function factsOf({ placedOn, status, tender, paymentStatus, seller, party }: PrintedOrder): readonly PrintedFact[] {
  return [
    fact(words.placedOn, code(placedOn)),
    fact(words.status, worded(statuses, status)),
    fact(words.payment, worded(tenders, tender)),
    fact(words.paid, worded(payments, paymentStatus)),
    ...numbered(words.sellerTaxNumber, seller.taxNumber),
    ...numbered(words.buyerTaxNumber, party.taxNumber),
  ];
}

function columnsOf({ prices, currency, lines }: PrintedOrder): readonly Column[] {
  const amount = (minor: string): PrintedValue => ({ kind: 'amount', minor, currency });
  const figure = (heading: Wording, cell: Column['cell']): Column => ({ heading, share: 0, isNumber: true, cell });
  const when = (isThere: boolean, column: Column): readonly Column[] => (isThere ? [column] : []);
  const price = prices === 'inclusive' ? words.unitPriceWithTax : words.unitPrice;
  return [
    { heading: words.no, share: 0, cell: ({ line }) => code(String(line)) },
    { heading: words.description, share: 1, cell: itemOf },
    figure(words.quantity, ({ quantity, uom }) => code(`${quantity} ${uom}`)),
    ...when(
      lines.some(({ cancelled }) => cancelled !== '0'),
      figure(words.cancelled, ({ cancelled }) => code(cancelled === '0' ? '' : cancelled)),
    ),
    figure(price, ({ unitPrice }) => amount(unitPrice)),
    ...when(
      lines.some(({ discount }) => discount !== '0'),
      figure(words.discount, ({ discount }) => amount(discount)),
    ),
    figure(words.rate, ({ rate }) => code(rate)),
    figure(words.tax, ({ tax }) => amount(tax)),
    figure(words.net, ({ net }) => amount(net)),
  ];
}

function totalsOf({ net, taxes, adjustments, total, currency }: PrintedOrder): readonly PrintedFact[] {
  const amount = (minor: string, named = false): PrintedValue => ({ kind: 'amount', minor, currency, named });
  return [
    fact(words.net, amount(net)),
    ...taxes.map((one) => ({
      label: words.tax,
      code: `${one.code} ${shortDecimal(one.percent)}%`,
      value: amount(one.tax),
    })),
    ...adjustments.map((one) => fact(one.label, amount(one.amount))),
    fact(words.total, amount(total, true)),
  ];
}
