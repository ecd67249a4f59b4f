import { randomUUID } from 'node:crypto';
import { createSuiteProject, type SuiteProject } from '@ashlar/testing';
import { checkBooks } from './application/check-books.ts';
import { billAtOnce } from './application/issue-invoice.ts';
import { openBooks } from './application/open-books.ts';
import { recordPayment } from './application/payments.ts';
import { addTaxRate } from './application/tax-rates.ts';
import { type InvoiceId, PartyId, type PaymentId } from './domain/ids.ts';
import { billing } from './suite.ts';

/** An organisation that keeps books in US dollars with a tax of 10 %, on a real database whose clock the test sets. */
export interface Office extends AsyncDisposable {
  readonly project: SuiteProject;
  readonly call: SuiteProject['call'];
  /** Moves the clock of all commands from here on. */
  setDay(day: string): void;
  newParty(): PartyId;
  /** Issues an invoice over cents without tax. */
  bill(partyId: PartyId, ...cents: readonly number[]): Promise<InvoiceId>;
  pay(partyId: PartyId | undefined, cents: number): Promise<PaymentId>;
  open(invoiceId: InvoiceId): Promise<number>;
  drifts(): Promise<readonly unknown[]>;
  /** Balance of the account that serves a purpose; debits are above zero. */
  balance(purpose: string): Promise<number>;
}

export const usd = (cents: number) => ({ amount: String(cents), currency: 'USD' });

export const line = (cents: number, more: object = {}) => ({
  title: { en: 'Thing', ar: 'شيء' },
  quantity: { value: '1', uom: 'pcs' },
  unitPrice: usd(cents),
  taxCategory: 'none',
  ...more,
});

export async function openOffice(settings: object = {}): Promise<Office> {
  let day = '2026-03-10';
  const project = await createSuiteProject({ suites: [billing], clock: () => new Date(`${day}T12:00:00Z`) });
  const { call } = project;
  await call(openBooks, { currency: 'USD', seller: { name: { en: 'The shop', ar: 'المتجر' } }, ...settings });
  const rate = { code: 'VAT', name: { en: 'Tax' }, validFrom: '2020-01-01' };
  await call(addTaxRate, { ...rate, category: 'standard', percent: '10' });
  return {
    project,
    call,
    setDay(next) {
      day = next;
    },
    newParty: () => PartyId.parse(randomUUID()),
    async bill(partyId, ...cents) {
      const lines = cents.map((amount) => line(amount));
      const { id } = await call(billAtOnce, { partyId, party: { name: 'Ada' }, currency: 'USD', lines });
      return id;
    },
    async pay(partyId, cents) {
      const { id } = await call(recordPayment, { method: 'cash', amount: usd(cents), ...(partyId && { partyId }) });
      return id;
    },
    async open(invoiceId) {
      const [row] = await project.test.sql<{ open: string }>(
        'select total - settled as open from billing.open_items where document_id = $1',
        [invoiceId],
      );
      return Number(row?.open);
    },
    async drifts() {
      return (await call(checkBooks, {})).drifts;
    },
    async balance(purpose) {
      const [row] = await project.test.sql<{ balance: string }>(
        `select coalesce(sum(l.debit - l.credit), 0) as balance
         from billing.accounts a left join billing.journal_lines l on l.account_id = a.id where a.purpose = $1`,
        [purpose],
      );
      return Number(row?.balance);
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}
