import { createHash } from 'node:crypto';
import { DEFAULT_ORG } from '@ashlar/testing';
import { printEdition } from '@ashlar/kernel/printing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkPrints } from './application/check-prints.ts';
import { keepPrint, paymentReceipt, printedInvoice, printedStatement } from './application/print-documents.ts';
import { requestPayment } from './application/request-payment.ts';
import { type Office, openOffice, usd } from './billing.fixture.ts';
import { INVOICE_EDITION, invoicePage } from './print/invoice-page.ts';
import { statementPage } from './print/statement-page.ts';
import { billing } from './suite.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office[Symbol.asyncDispose]());

const days = { from: '2026-01-01', to: '2026-12-31' };

test('a reader gets a document to print, others do not, and nobody gets a draft or another organisation’s', async () => {
  const partyId = office.newParty();
  const invoiceId = await office.bill(partyId, 1000, 250);
  const reader = await office.project.addMember(['billing.read']);
  const told = await office.call(printedInvoice, { invoiceId }, { as: reader });
  expect(told).toMatchObject({ id: invoiceId, orgId: DEFAULT_ORG, prints: [], content: { total: '1250' } });
  const stranger = await office.project.addMember(['billing.collect']);
  const refused = { code: 'common.permission_denied' };
  await expect(office.call(printedInvoice, { invoiceId }, { as: stranger })).rejects.toMatchObject(refused);
  const elsewhere = await office.project.addMember(['billing.read'], await office.project.addOrganisation('other'));
  const absent = { code: 'common.not_found' };
  await expect(office.call(printedInvoice, { invoiceId }, { as: elsewhere })).rejects.toMatchObject(absent);
  const account = await office.call(printedStatement, { partyId, ...days }, { as: reader });
  expect(account).toMatchObject({ party: { name: 'Ada' }, closing: '1250' });
  // Only the platform says what a first print was like.
  const print = { documentId: invoiceId, paper: 'a4', language: 'en', sha256: '0'.repeat(64), edition: '1' } as const;
  await expect(office.call(keepPrint, print, { as: reader })).rejects.toMatchObject(refused);
});

test('the first of two prints is kept, and nobody changes it', async () => {
  const documentId = await office.bill(office.newParty(), 100);
  const [one, other] = ['1', '2'].map((digit) => ({
    documentId,
    paper: 'a4' as const,
    language: 'en' as const,
    sha256: digit.repeat(64),
    edition: '1',
  }));
  const kept = await Promise.all([one, other].map((print) => office.call(keepPrint, print ?? ({} as never))));
  expect(kept[0]).toEqual(kept[1]);
  const change = `update billing.prints set sha256 = repeat('3', 64) where document_id = $1`;
  await expect(office.project.test.sql(change, [documentId])).rejects.toThrow();
});

test('a document whose seal is broken is not printed', async () => {
  const invoiceId = await office.bill(office.newParty(), 100);
  await office.project.test.sql('alter table billing.invoices disable trigger keep_issued');
  const change = `update billing.invoices set content = replace(content, 'Ada', 'Eve') where id = $1`;
  await office.project.test.sql(change, [invoiceId]);
  await office.project.test.sql('alter table billing.invoices enable trigger keep_issued');
  await expect(office.call(printedInvoice, { invoiceId })).rejects.toThrow('seal');
});

test('a page shows the figures that were sealed, and a statement its balances', async () => {
  const partyId = office.newParty();
  const invoiceId = await office.bill(partyId, 1000, 250);
  const { content, contentHash } = await office.call(printedInvoice, { invoiceId });
  const page = invoicePage(content, contentHash, 'a4');
  expect(page.rows).toHaveLength(2);
  expect(page.totals.at(-1)?.value).toEqual({ kind: 'amount', minor: '1250', currency: 'USD', named: true });
  expect(page.seal).toContain(contentHash);
  await office.pay(partyId, 400);
  const statement = statementPage(await office.call(printedStatement, { partyId, ...days }));
  const balances = statement.rows.map((row) => row.at(-1));
  expect(balances).toMatchObject([{ minor: '0' }, { minor: '1250' }, { minor: '850' }]);
});

test('of a payment nothing came of there is no receipt', async () => {
  const { id: paymentId } = await office.call(requestPayment, { provider: 'bank-card', amount: usd(5) });
  const refused = { code: 'billing.nothing_received' };
  await expect(office.call(paymentReceipt, { paymentId })).rejects.toMatchObject(refused);
});

test('every night some first prints are made anew: one that comes out otherwise, or whose seal is broken, is named', async () => {
  const shop = await openOffice();
  const { printer } = shop.project.useCases;
  const edition = printEdition(INVOICE_EDITION, printer.edition);
  const language = 'en';
  const issue = async (sha256?: string, by = edition) => {
    const documentId = await shop.bill(shop.newParty(), 1000);
    const { content, contentHash } = await shop.call(printedInvoice, { invoiceId: documentId });
    const page = invoicePage(content, contentHash, '80mm');
    const bytes = await printer.print({ page, paper: '80mm', language, isCopy: false });
    const first = sha256 ?? createHash('sha256').update(bytes).digest('hex');
    await shop.call(keepPrint, { documentId, paper: '80mm', language, sha256: first, edition: by });
    return documentId;
  };
  await issue();
  const broken = await issue();
  const wrong = await issue('0'.repeat(64));
  // Other templates made it: it may well look different now.
  await issue('1'.repeat(64), `0/${printer.edition}`);
  await shop.project.test.sql('alter table billing.invoices disable trigger keep_issued');
  const change = `update billing.invoices set content = replace(content, 'Ada', 'Eve') where id = $1`;
  await shop.project.test.sql(change, [broken]);
  await shop.project.test.sql('alter table billing.invoices enable trigger keep_issued');

  const checked = await shop.call(checkPrints, {});
  expect(checked).toMatchObject({ printed: 3, otherwise: 1, next: null });
  expect(checked.drifts.map(({ check, subject }) => `${check}: ${subject}`).toSorted()).toEqual([
    `printing gives what was printed first: ${wrong}/80mm/en`,
    `what was printed has its seal: ${broken}/80mm/en`,
  ]);
  expect(billing.schedules.find(({ useCase }) => useCase === checkPrints)?.alarm?.(checked)).toContain('2 drifts');

  // All of them, page by page, each once; or any few of them.
  let after: string | undefined;
  let [pages, seen] = [0, 0];
  do {
    // oxlint-disable-next-line no-await-in-loop -- each page says where the next begins.
    const { next, printed, otherwise } = await shop.call(checkPrints, {
      most: 3,
      ...(after === undefined ? {} : { after }),
    });
    after = next ?? undefined;
    pages += 1;
    seen += printed + otherwise;
  } while (after !== undefined);
  expect([pages, seen]).toEqual([2, 4]);
  expect(await shop.call(checkPrints, { most: 1, sample: true })).toMatchObject({ next: null });
  const reader = await shop.project.addMember(['billing.read']);
  await expect(shop.call(checkPrints, {}, { as: reader })).rejects.toMatchObject({ code: 'common.permission_denied' });
  const auditor = await shop.project.addMember(['billing.audit'], await shop.project.addOrganisation('other'));
  expect(await shop.call(checkPrints, {}, { as: auditor })).toMatchObject({ printed: 0, drifts: [] });
  await printer.close();
  await shop[Symbol.asyncDispose]();
});
