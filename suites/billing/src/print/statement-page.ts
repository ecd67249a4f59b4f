import type { PrintedPage, PrintedValue } from '@ashlar/kernel';
import { code, fact, label, startOfDay } from '@ashlar/kernel/printing';
import type { z } from 'zod';
import type { AccountToPrint } from '../application/print-documents.ts';
import { entries, partyOf, sellerOf, words } from './words.ts';

/** What was asked of a party between two days, what it settled, and what it owed after each. */
export function statementPage(account: z.output<typeof AccountToPrint>): PrintedPage {
  const { seller, party, from, to, opening, closing, rows, currency } = account;
  const amount = (minor: string, named = false): PrintedValue => ({ kind: 'amount', minor, currency, named });
  const nothing = code('');
  return {
    title: words.statement,
    number: null,
    madeAt: startOfDay(to),
    from: sellerOf(seller),
    to: party === null ? null : partyOf(party, words.account),
    facts: [fact(words.from, code(from)), fact(words.to, code(to))],
    columns: [
      { heading: words.date, share: 0 },
      { heading: words.entry, share: 1 },
      { heading: words.charged, share: 0, isNumber: true },
      { heading: words.settled, share: 0, isNumber: true },
      { heading: words.balance, share: 0, isNumber: true },
    ],
    rows: [
      [code(from), label(words.openingBalance), nothing, nothing, amount(opening)],
      ...rows.map(({ date, kind, label: number, amount: minor, balance }): readonly PrintedValue[] => {
        const isSettled = minor.startsWith('-');
        return [
          code(date),
          { kind: 'words', words: { ...(entries[kind] ?? { en: kind }) }, code: number ?? undefined },
          isSettled ? nothing : amount(minor),
          isSettled ? amount(minor.slice(1)) : nothing,
          amount(balance),
        ];
      }),
    ],
    totals: [fact(words.closingBalance, amount(closing, true))],
    notes: [],
    qr: null,
    seal: null,
  };
}
