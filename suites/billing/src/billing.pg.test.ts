import { DEFAULT_ORG } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addAccount, changeAccount, listAccounts } from './application/accounts.ts';
import { allocatePayment, applyCredit, autoAllocate, unallocatePayment, writeOff } from './application/allocate.ts';
import { creditInvoice } from './application/credit-invoice.ts';
import { changeDraft, discardDraft, draftInvoice } from './application/draft-invoice.ts';
import { billAtOnce, issueInvoice } from './application/issue-invoice.ts';
import { postJournal, reverseJournal } from './application/journals.ts';
import { changeBooks } from './application/open-books.ts';
import { recordPayment, tellPayment } from './application/payments.ts';
import { requestPayment } from './application/request-payment.ts';
import { closePeriod, reopenPeriod } from './application/periods.ts';
import { getInvoice, listInvoices } from './application/read-documents.ts';
import { receivablesAgeing, statementOfAccount } from './application/receivables.ts';
import { refundPayment } from './application/refund-payment.ts';
import { balanceSheet, profitAndLoss, taxSummary, trialBalance } from './application/reports.ts';
import { listWaitingJournals, postStockValue, postWaitingJournal } from './application/stock-value.ts';
import { line, type Office, openOffice, usd } from './billing.fixture.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice({ writeOffLimit: '500', refundLimit: '100000' });
});
afterAll(async () => {
  // Whatever the tests of this file did, the books are in order.
  expect(await office.drifts()).toEqual([]);
  await office[Symbol.asyncDispose]();
});

const party = { name: 'Ada' };
const money = (cents: number) => ({ amountMinor: BigInt(cents), currency: 'USD' });
const sql = <Row extends Record<string, unknown>>(text: string, values: unknown[] = []) =>
  office.project.test.sql<Row>(text, values);
/** Changes rows as nobody but the database's owner could: no trigger fires. */
const past = (change: string) => sql(`do $$ begin set local session_replication_role = replica; ${change}; end $$`);

const billOn = (branch: string, issueDate: string) => ({
  party,
  branch,
  currency: 'USD',
  lines: [line(10)],
  issueDate,
});
const nextNumber = async () =>
  (await sql<{ n: string }>('select coalesce(max(next_number), 1) as n from billing.number_series'))[0]?.n;

describe('documents', () => {
  test('a draft says what it comes to, may be written anew, and has no number', async () => {
    const { id, total } = await office.call(draftInvoice, {
      party,
      currency: 'USD',
      lines: [line(379_00, { quantity: { value: '2', uom: 'pcs' }, taxCategory: 'standard' })],
    });
    expect(total).toEqual(money(833_80));
    const anew = await office.call(changeDraft, { invoiceId: id, party, currency: 'USD', lines: [line(5)] });
    expect(anew).toMatchObject({ id, total: money(5), version: 2 });
    expect(await office.call(getInvoice, { invoiceId: id })).toMatchObject({ label: null, status: 'draft' });
    await office.call(discardDraft, { invoiceId: id });
    await expect(office.call(getInvoice, { invoiceId: id })).rejects.toMatchObject({ code: 'common.not_found' });
  });

  test('an issued document is numbered, in the books, and stays as it is, for commands and for the database', async () => {
    const { id } = await office.call(draftInvoice, { party, currency: 'USD', lines: [line(100)] });
    const first = await office.call(issueInvoice, { invoiceId: id, expectedTotal: usd(100) });
    const second = await office.bill(office.newParty(), 100);
    const [before, after] = [first.label, (await office.call(getInvoice, { invoiceId: second })).label];
    expect(Number(after?.split('-').at(-1))).toBe(Number(before.split('-').at(-1)) + 1);
    const again = { invoiceId: id, party, currency: 'USD' as const, lines: [line(1)] };
    await expect(office.call(changeDraft, again)).rejects.toMatchObject({ code: 'billing.document_issued' });
    await expect(office.call(issueInvoice, { invoiceId: id })).rejects.toMatchObject({
      code: 'billing.document_issued',
    });
    for (const change of [
      'update billing.invoices set total = total + 1 where id = $1',
      'delete from billing.invoices where id = $1',
      'update billing.invoice_lines set net = net + 1 where invoice_id = $1',
      'delete from billing.invoice_lines where invoice_id = $1',
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- each is refused by itself.
      await expect(sql(change, [id])).rejects.toThrow(/issued/);
    }
    await expect(sql('truncate billing.journal_lines')).rejects.toThrow(/append-only/);
    await expect(sql('delete from billing.journals')).rejects.toThrow(/append-only/);
  });

  test('a total that differs from what the caller was shown is refused, and takes no number', async () => {
    const before = await nextNumber();
    const bill = office.call(billAtOnce, { party, currency: 'USD', lines: [line(100)], expectedTotal: usd(99) });
    await expect(bill).rejects.toMatchObject({ code: 'billing.total_differs' });
    expect(await nextNumber()).toBe(before);
  });

  test('fifty of five clerks at once are numbered without a gap, each hash holding the one before', async () => {
    const lines = [line(100)];
    const bill = async () => (await office.call(billAtOnce, { party, branch: 'B2', currency: 'USD', lines })).label;
    // Five clerks with ten each: who waits, waits for the series and not for a connection.
    const clerk = async () => {
      const labels: string[] = [];
      // oxlint-disable-next-line no-await-in-loop -- a clerk does one after the other.
      while (labels.length < 10) labels.push(await bill());
      return labels;
    };
    const labels = (await Promise.all(Array.from({ length: 5 }, clerk))).flat();
    const numbers = labels.map((label) => Number(label.split('-').at(-1))).toSorted((left, right) => left - right);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(await office.drifts()).toEqual([]);
  });

  test('numbers ascend with the days', async () => {
    await office.call(billAtOnce, billOn('B3', '2026-03-09'));
    await expect(office.call(billAtOnce, billOn('B3', '2026-03-08'))).rejects.toMatchObject({
      code: 'billing.date_before_last',
    });
    await expect(office.call(billAtOnce, billOn('B3', '2026-03-11'))).rejects.toMatchObject({
      code: 'billing.date_in_future',
    });
  });

  test('prices with tax in them, discounts and cash are reckoned to the cent', async () => {
    const { id } = await office.call(draftInvoice, {
      party,
      currency: 'USD',
      prices: 'inclusive',
      lines: [
        line(1100, { taxCategory: 'standard' }),
        line(2200, { taxCategory: 'standard', discount: usd(1100), quantity: { value: '1', uom: 'pcs' } }),
      ],
    });
    expect(await office.call(getInvoice, { invoiceId: id })).toMatchObject({
      net: money(2000),
      tax: money(200),
      total: money(2200),
    });
    const tooMuch = { party, currency: 'USD' as const, lines: [line(100, { discount: usd(101) })] };
    await expect(office.call(draftInvoice, tooMuch)).rejects.toMatchObject({ code: 'billing.discount_exceeds_line' });
    const unknown = { party, currency: 'USD' as const, lines: [line(100, { taxCategory: 'luxury' })] };
    await expect(office.call(draftInvoice, unknown)).rejects.toMatchObject({ code: 'billing.tax_unresolved' });
    const foreign = { party, currency: 'EUR' as const, lines: [line(1)] };
    await expect(office.call(draftInvoice, foreign)).rejects.toMatchObject({ code: 'common.currency_mismatch' });
  });
});

describe('credit notes', () => {
  test('piece by piece a line gives back exactly what it cost, and nothing beyond', async () => {
    const { id: invoiceId } = await office.call(billAtOnce, {
      party,
      partyId: office.newParty(),
      currency: 'USD',
      lines: [line(1005, { quantity: { value: '3', uom: 'pcs' }, taxCategory: 'standard' })],
    });
    const credit = (quantity: string) =>
      office.call(creditInvoice, { invoiceId, lines: [{ line: 1, quantity }], reason: 'Returned' });
    const totals = [await credit('1'), await credit('1'), await credit('1')].map(({ total }) => total.amountMinor);
    expect(totals.reduce((sum, total) => sum + total, 0n)).toBe(3317n);
    await expect(credit('1')).rejects.toMatchObject({ code: 'billing.exceeds_creditable' });
    expect(await office.open(invoiceId)).toBe(0);
  });

  test('two that take back the same at once: one does', async () => {
    const invoiceId = await office.bill(office.newParty(), 1000);
    const both = await Promise.allSettled(
      [1, 2].map(() => office.call(creditInvoice, { invoiceId, reason: 'Cancelled' })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('what is paid already becomes the credit of the party, for another invoice or to be given back', async () => {
    const partyId = office.newParty();
    const invoiceId = await office.bill(partyId, 1000);
    const paymentId = await office.pay(partyId, 1000);
    await office.call(autoAllocate, { paymentId });
    const note = await office.call(creditInvoice, {
      invoiceId,
      lines: [{ line: 1, quantity: '0.4' }],
      reason: 'Broken',
    });
    expect(note).toMatchObject({ total: money(400), settled: money(0) });
    const other = await office.bill(partyId, 150);
    await office.call(applyCredit, { creditNoteId: note.id, invoiceId: other, amount: usd(150) });
    const refund = { paymentId, creditNoteId: note.id, reason: 'Broken' };
    await expect(office.call(refundPayment, { ...refund, amount: usd(251) })).rejects.toMatchObject({
      code: 'billing.exceeds_open',
    });
    const back = await office.call(refundPayment, { ...refund, amount: usd(250) });
    expect(back).toMatchObject({ state: 'partially_refunded', refunded: money(250), unapplied: money(0) });
    expect(await office.open(invoiceId)).toBe(0);
    const row = (await office.call(receivablesAgeing, { partyId })).parties;
    expect(row).toEqual([]);
  });
});

describe('payments', () => {
  test('settle invoices, and not more than is open or left', async () => {
    const partyId = office.newParty();
    const invoiceId = await office.bill(partyId, 1000);
    const paymentId = await office.pay(partyId, 600);
    const allocate = (cents: number) =>
      office.call(allocatePayment, { paymentId, invoices: [{ invoiceId, amount: usd(cents) }] });
    await expect(allocate(601)).rejects.toMatchObject({ code: 'billing.exceeds_unapplied' });
    await allocate(600);
    expect(await office.open(invoiceId)).toBe(400);
    const more = await office.pay(partyId, 1000);
    const over = { paymentId: more, invoices: [{ invoiceId, amount: usd(401) }] };
    await expect(office.call(allocatePayment, over)).rejects.toMatchObject({ code: 'billing.exceeds_open' });
    const stranger = await office.pay(office.newParty(), 100);
    const theirs = { paymentId: stranger, invoices: [{ invoiceId, amount: usd(100) }] };
    await expect(office.call(allocatePayment, theirs)).rejects.toMatchObject({ code: 'billing.other_party' });
    expect(await office.call(unallocatePayment, { paymentId, invoiceId })).toEqual({ freed: money(600) });
    expect(await office.open(invoiceId)).toBe(1000);
  });

  test('eight at once that settle one invoice never settle more than it asks', async () => {
    const partyId = office.newParty();
    const invoiceId = await office.bill(partyId, 1000);
    const payments = await Promise.all(Array.from({ length: 8 }, () => office.pay(partyId, 250)));
    const settled = await Promise.allSettled(
      payments.map((paymentId) =>
        office.call(allocatePayment, { paymentId, invoices: [{ invoiceId, amount: usd(250) }] }),
      ),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(await office.open(invoiceId)).toBe(0);
  });

  test('a provider may tell late, twice and in any order', async () => {
    const { id: paymentId } = await office.call(requestPayment, { provider: 'card-stand-in', amount: usd(900) });
    const tell = (eventId: string, status: 'captured' | 'failed' | 'authorised', totals: object = {}) =>
      office.call(tellPayment, { paymentId, eventId, status, ...totals });
    await tell('2', 'captured', { authorised: usd(900), captured: usd(900), refunded: usd(100) });
    await tell('1', 'authorised', { authorised: usd(900) });
    await tell('2', 'captured', { captured: usd(900), refunded: usd(900) });
    const last = await tell('0', 'failed');
    expect(last).toMatchObject({ state: 'partially_refunded', captured: money(900), refunded: money(100) });
    const told = (await office.project.events()).filter(({ subject }) => subject === paymentId);
    expect(told.map(({ type }) => type)).toEqual(['billing.payment.captured', 'billing.payment.refunded']);
  });

  test('money that comes after the end is taken in and said to be late', async () => {
    const { id: paymentId } = await office.call(requestPayment, { provider: 'card-stand-in', amount: usd(900) });
    await office.call(tellPayment, { paymentId, status: 'failed', failure: 'Declined' });
    const late = await office.call(tellPayment, { paymentId, status: 'captured', captured: usd(900) });
    expect(late.state).toBe('captured');
    const told = (await office.project.events()).filter(({ subject }) => subject === paymentId);
    expect(told.at(-1)).toMatchObject({ type: 'billing.payment.captured', data: { isLate: true } });
  });

  test('what a provider gave back behind our back opens what it settled', async () => {
    const partyId = office.newParty();
    const invoiceId = await office.bill(partyId, 500);
    const { id: paymentId } = await office.call(requestPayment, {
      provider: 'card-stand-in',
      partyId,
      amount: usd(500),
    });
    await office.call(tellPayment, { paymentId, status: 'captured', captured: usd(500) });
    await office.call(autoAllocate, { paymentId });
    expect(await office.open(invoiceId)).toBe(0);
    await office.call(tellPayment, { paymentId, status: 'captured', captured: usd(500), refunded: usd(200) });
    expect(await office.open(invoiceId)).toBe(200);
  });

  test('one person gives up and gives back so much, and no more', async () => {
    const invoiceId = await office.bill(office.newParty(), 501);
    const give = { invoiceId, reason: 'Small' };
    await expect(office.call(writeOff, give)).rejects.toMatchObject({ code: 'billing.over_limit' });
    await office.call(writeOff, { ...give, amount: usd(500) });
    expect(await office.open(invoiceId)).toBe(1);
    const paymentId = await office.pay(office.newParty(), 100_001);
    const back = { paymentId, amount: usd(100_001), reason: 'All of it' };
    await expect(office.call(refundPayment, back)).rejects.toMatchObject({ code: 'billing.over_limit' });
  });
});

describe('the books', () => {
  test('a journal balances, or there is none, whoever writes it', async () => {
    const { accounts } = await office.call(listAccounts, {});
    const of = (code: string) => {
      const account = accounts.find((one) => one.code === code);
      if (account === undefined) throw new Error(`No account ${code}`);
      return account.id;
    };
    const post = (credit: number, accountId = of('3000')) =>
      office.call(postJournal, {
        reason: 'Capital',
        lines: [
          { accountId: of('1000'), debit: usd(100) },
          { accountId, credit: usd(credit) },
        ],
      });
    await expect(post(99)).rejects.toMatchObject({ code: 'billing.unbalanced' });
    await expect(post(100, of('1100'))).rejects.toMatchObject({ code: 'billing.control_account' });
    const { id } = await post(100);
    await office.call(reverseJournal, { journalId: id, reason: 'Mistake' });
    await expect(office.call(reverseJournal, { journalId: id, reason: 'Twice' })).rejects.toMatchObject({
      code: 'billing.already_reversed',
    });
    const oneSided = sql(
      `with j as (insert into billing.journals (id, org_id, kind, posting_date) values (gen_random_uuid(), $1, 'manual', '2026-03-10') returning id)
       insert into billing.journal_lines (org_id, journal_id, line_no, account_id, debit, posting_date)
       select $1, id, 1, $2, 5, '2026-03-10' from j`,
      [DEFAULT_ORG, of('6900')],
    );
    await expect(oneSided).rejects.toThrow(/lines, debits/);
    const lateLine = sql(
      `insert into billing.journal_lines (org_id, journal_id, line_no, account_id, debit, posting_date)
       values ($1, $2, 9, $3, 5, '2026-03-10')`,
      [DEFAULT_ORG, id, of('6900')],
    );
    await expect(lateLine).rejects.toThrow(/does not belong there/);
  });

  test('accounts that were posted to stay what they are', async () => {
    const { id } = await office.call(addAccount, { code: '7000', name: { en: 'Extra' }, type: 'income' });
    await expect(
      office.call(addAccount, { code: '7000', name: { en: 'Twice' }, type: 'income' }),
    ).rejects.toMatchObject({
      code: 'billing.code_taken',
    });
    await office.call(changeAccount, { accountId: id, status: 'archived' });
    await expect(sql(`update billing.accounts set type = 'asset' where purpose = 'sales'`)).rejects.toThrow(
      /posted to/,
    );
    const { accounts } = await office.call(listAccounts, {});
    const sales = accounts.find(({ purpose }) => purpose === 'sales');
    const archive = { accountId: sales?.id ?? id, status: 'archived' as const };
    await expect(office.call(changeAccount, archive)).rejects.toMatchObject({ code: 'billing.account_posted_to' });
  });

  test('rounding and currency stay within a fiscal year', async () => {
    const seller = { name: { en: 'The shop' } };
    await expect(office.call(changeBooks, { seller, roundingLevel: 'document' })).rejects.toMatchObject({
      code: 'billing.rounding_fixed',
    });
    await expect(sql(`update billing.settings set currency = 'EUR'`)).rejects.toThrow(/kept in USD/);
  });

  test('in a closed month nobody posts, in a softly closed one accountants do', async () => {
    await office.call(closePeriod, { month: '2026-01', state: 'closed' });
    await expect(office.call(billAtOnce, billOn('P', '2026-01-05'))).rejects.toMatchObject({
      code: 'billing.period_closed',
    });
    await office.call(closePeriod, { month: '2026-02', state: 'soft_closed' });
    const biller = await office.project.addMember(['billing.read', 'billing.issue']);
    await expect(office.call(billAtOnce, billOn('P', '2026-02-05'), { as: biller })).rejects.toMatchObject({
      code: 'billing.period_closed',
    });
    const accountant = await office.project.addMember(['billing.issue', 'billing.post-soft-closed']);
    await office.call(billAtOnce, billOn('P', '2026-02-05'), { as: accountant });
    await office.call(reopenPeriod, { month: '2026-02', reason: 'Late invoice' });
  });

  test('a draft in a month keeps it open', async () => {
    const lines = [line(10)];
    const { id } = await office.call(draftInvoice, { party, currency: 'USD', supplyDate: '2025-12-05', lines });
    await expect(office.call(closePeriod, { month: '2025-12', state: 'closed' })).rejects.toMatchObject({
      code: 'billing.drafts_exist',
    });
    await office.call(discardDraft, { invoiceId: id });
    await office.call(closePeriod, { month: '2025-12', state: 'closed' });
  });

  test('what stock is worth enters the books, or waits for an open month', async () => {
    const before = await office.balance('inventory');
    const move = { move: 'received' as const, currency: 'USD', postingDate: '2026-03-01' };
    await office.call(postStockValue, { ...move, documentId: 'r1', value: '5000' });
    await office.call(postStockValue, { ...move, documentId: 'i1', move: 'issued', value: '-2000' });
    expect(await office.balance('inventory')).toBe(before + 3000);
    expect(await office.balance('cost_of_goods')).toBe(2000);
    const late = await office.call(postStockValue, {
      ...move,
      documentId: 'r2',
      value: '100',
      postingDate: '2026-01-02',
    });
    expect(late).toEqual({ posted: 'waiting' });
    const [waiting] = (await office.call(listWaitingJournals, {})).journals;
    if (waiting === undefined) throw new Error('Nothing waits');
    await office.call(postWaitingJournal, { waitingId: waiting.id });
    expect(await office.balance('inventory')).toBe(before + 3100);
    await expect(office.call(postWaitingJournal, { waitingId: waiting.id })).rejects.toMatchObject({
      code: 'billing.posted_already',
    });
  });

  test('what was changed past the rules is found by the checks', async () => {
    await office.bill(office.newParty(), 100);
    const found = async () => new Set((await office.drifts()).map((drift) => (drift as { check: string }).check));
    const bend = async (column: string, table: string, where: string, expected: readonly string[]) => {
      await past(`update billing.${table} set ${column} = ${column} + 1 where ${where}`);
      expect([...(await found())]).toEqual(expect.arrayContaining([...expected]));
      await past(`update billing.${table} set ${column} = ${column} - 1 where ${where}`);
    };
    const lastLine = 'debit > 0 and seq = (select max(seq) from billing.journal_lines where debit > 0)';
    await bend('debit', 'journal_lines', lastLine, ['every journal is balanced']);
    const last = "(select max(number) from billing.invoices i where i.branch = '' and i.kind = 'invoice')";
    const lastInvoice = `branch = '' and kind = 'invoice' and number = ${last}`;
    await bend('next_number', 'number_series', "branch = '' and kind = 'invoice'", ['numbers have no gaps']);
    const item = `document_id = (select id from billing.invoices where ${lastInvoice})`;
    await bend('settled', 'open_items', item, ['open items are settled by their allocations']);
    expect(await office.drifts()).toEqual([]);
  });

  test('reports agree with each other', async () => {
    const balance = await office.call(trialBalance, {});
    expect(balance.debit).toEqual(balance.credit);
    const sheet = await office.call(balanceSheet, {});
    expect(sheet.totalAssets).toEqual(sheet.totalLiabilitiesAndEquity);
    const { profit } = await office.call(profitAndLoss, { from: '2020-01-01', to: '2026-12-31' });
    expect(profit).toEqual(sheet.earnings);
    const { tax } = await office.call(taxSummary, { from: '2020-01-01', to: '2026-12-31' });
    expect(tax.amountMinor).toBe(BigInt(-(await office.balance('tax_payable'))));
  });
});

describe('what parties owe', () => {
  test('is told by how long it has been due, as of any day', async () => {
    const partyId = office.newParty();
    const bill = (issueDate: string, dueDate: string, cents: number) =>
      office.call(billAtOnce, {
        partyId,
        party,
        branch: 'AGE',
        currency: 'USD',
        lines: [line(cents)],
        issueDate,
        dueDate,
      });
    await bill('2026-02-01', '2026-02-01', 100);
    await bill('2026-02-10', '2026-02-10', 200);
    await bill('2026-03-01', '2026-03-30', 400);
    const paymentId = await office.pay(partyId, 150);
    await office.call(autoAllocate, { paymentId });
    const age = async (asOf: string) => {
      const { parties } = await office.call(receivablesAgeing, { partyId, asOf });
      return parties.map(({ amounts, credit }) => [
        ...amounts.map(({ amountMinor }) => Number(amountMinor)),
        Number(credit.amountMinor),
      ]);
    };
    expect(await age('2026-03-10')).toEqual([[400, 150, 0, 0, 0, 0, 0]]);
    expect(await age('2026-03-09')).toEqual([[400, 200, 100, 0, 0, 0, 0]]);
    expect(await age('2026-04-30')).toEqual([[0, 0, 400, 150, 0, 0, 0]]);
    const statement = await office.call(statementOfAccount, { partyId, from: '2026-02-05', to: '2026-03-10' });
    expect(statement.opening).toEqual(money(100));
    expect(statement.entries.map(({ balance }) => Number(balance.amountMinor))).toEqual([300, 700, 550]);
    expect(statement.closing).toEqual(money(550));
  });

  test('it is overdue by the day of the organisation, not of the server', async () => {
    await using far = await openOffice({ timeZone: 'Pacific/Auckland' });
    far.setDay('2026-03-10');
    const { id } = await far.call(billAtOnce, { party, currency: 'USD', lines: [line(100)], issueDate: '2026-03-10' });
    const stateOf = async () => (await far.call(listInvoices, {})).invoices.find((one) => one.id === id)?.state;
    // Noon in Greenwich is the next day there: due on the 10th, it is the 11th.
    expect(await stateOf()).toBe('overdue');
  });

  test('nothing of another organisation is seen or changed', async () => {
    const orgId = await office.project.addOrganisation('other-office');
    const reader = await office.project.addMember(['billing.read'], orgId);
    expect(await office.call(listInvoices, {}, { as: reader })).toEqual({ invoices: [], next: null });
    const invoiceId = await office.bill(office.newParty(), 100);
    const clerk = await office.project.addMember(['billing.*'], orgId);
    await expect(office.call(creditInvoice, { invoiceId, reason: 'Mine' }, { as: clerk })).rejects.toMatchObject({
      code: 'billing.books_missing',
    });
    await expect(office.call(recordPayment, { method: 'cash', amount: usd(1) }, { as: reader })).rejects.toMatchObject({
      code: 'common.permission_denied',
    });
  });
});
