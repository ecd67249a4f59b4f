import type { PrintedColumn, PrintedFact, PrintedPage, PrintedPaper, PrintedValue, Wording } from '@ashlar/kernel';
import { code, fact, shortDecimal, startOfDay } from '@ashlar/kernel/printing';
import type { SealedContent } from './sealed-content.ts';
import { partyOf, sellerOf, words } from './words.ts';

type Line = SealedContent['lines'][number];

interface Column extends PrintedColumn {
  readonly cell: (line: Line) => PrintedValue;
  readonly onRoll: boolean;
}

/** Raised with every change below, or of the words used there, after which the same document looks different. */
export const INVOICE_EDITION = 1;

/** An invoice or a credit note as it was sealed. Nothing is reckoned: each figure is one that was issued. */
export function invoicePage(content: SealedContent, contentHash: string, paper: PrintedPaper): PrintedPage {
  const { kind, label: number, seller, party, currency } = content;
  const isCredit = kind === 'credit_note';
  const columns = columnsOf(content).filter(({ onRoll }) => paper === 'a4' || onRoll);
  const title = isCredit ? words.creditNote : seller.taxNumber === undefined ? words.invoice : words.taxInvoice;
  return {
    title,
    number,
    madeAt: startOfDay(content.issueDate),
    from: sellerOf(seller),
    to: partyOf(party, isCredit ? words.creditTo : words.billTo),
    facts: factsOf(content),
    columns,
    rows: content.lines.map((line) => columns.map(({ cell }) => cell(line))),
    totals: totalsOf(content),
    notes: [...noteOf(words.reason, content.reason), ...noteOf(words.note, content.note)],
    qr: [number, content.issueDate, `${currency} ${content.total}`, content.tax, contentHash].join('\n'),
    seal: `SHA-256 ${contentHash}`,
  };
}

function factsOf({ issueDate, supplyDate, dueDate, credits, kind, seller, party }: SealedContent): PrintedFact[] {
  const facts: readonly (readonly [Wording, string | null | undefined])[] = [
    [words.issuedOn, issueDate],
    [words.suppliedOn, supplyDate],
    [words.dueOn, kind === 'credit_note' ? null : dueDate],
    [words.credits, credits],
    [words.sellerTaxNumber, seller.taxNumber],
    [words.buyerTaxNumber, party.taxNumber],
  ];
  return facts.flatMap(([wording, text]) => (text === null || text === undefined ? [] : [fact(wording, code(text))]));
}

function columnsOf({ prices, currency, lines }: SealedContent): readonly Column[] {
  const amount = (minor: string): PrintedValue => ({ kind: 'amount', minor, currency });
  const figure = (heading: Wording, cell: Column['cell'], onRoll = false): Column => ({
    heading,
    share: 0,
    isNumber: true,
    cell,
    onRoll,
  });
  const isDiscounted = lines.some(({ discount }) => discount !== '0');
  const price = prices === 'inclusive' ? words.unitPriceWithTax : words.unitPrice;
  return [
    { heading: words.no, share: 0, cell: ({ no }) => code(String(no)), onRoll: true },
    {
      heading: words.description,
      share: 1,
      cell: ({ title, sku }) => ({ kind: 'words', words: title, code: sku ?? undefined }),
      onRoll: true,
    },
    figure(words.quantity, ({ quantity, uom }) => code(`${shortDecimal(quantity)} ${uom}`), true),
    figure(price, ({ unitPrice }) => amount(unitPrice), true),
    ...(isDiscounted ? [figure(words.discount, ({ discount }) => amount(discount), true)] : []),
    figure(words.rate, ({ taxes }) => code(taxes.map(({ percent }) => `${shortDecimal(percent)}%`).join(' + '))),
    figure(words.tax, ({ tax }) => amount(tax)),
    figure(words.net, ({ net }) => amount(net), true),
  ];
}

function totalsOf({ net, taxes, rounding, total, currency }: SealedContent): readonly PrintedFact[] {
  const amount = (minor: string, named = false): PrintedValue => ({ kind: 'amount', minor, currency, named });
  return [
    fact(words.net, amount(net)),
    ...taxes.map((one) => ({
      label: words.tax,
      code: `${one.code} ${shortDecimal(one.percent)}%`,
      value: amount(one.tax),
    })),
    ...(rounding === '0' ? [] : [fact(words.rounding, amount(rounding))]),
    fact(words.total, amount(total, true)),
  ];
}

function noteOf(wording: Wording, text: string | null): readonly PrintedFact[] {
  return text === null || text === '' ? [] : [fact(wording, { kind: 'text', text })];
}
