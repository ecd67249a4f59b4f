import { DEFAULT_ORG } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepPrint, paymentReceipt, printedInvoice, printedStatement } from './application/print-documents.ts';
import { requestPayment } from './application/request-payment.ts';
import { type Office, openOffice, usd } from './billing.fixture.ts';
import { invoicePage } from './print/invoice-page.ts';
import { statementPage } from './print/statement-page.ts';

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
  const print = { documentId: invoiceId, paper: 'a4', language: 'en', sha256: '0'.repeat(64) } as const;
  await expect(office.call(keepPrint, print, { as: reader })).rejects.toMatchObject(refused);
});

test('the first of two prints is kept, and nobody changes it', async () => {
  const documentId = await office.bill(office.newParty(), 100);
  const [one, other] = ['1', '2'].map((digit) => ({
    documentId,
    paper: 'a4' as const,
    language: 'en' as const,
    sha256: digit.repeat(64),
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
