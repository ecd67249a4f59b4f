import { Currency, localizedText, Money, Percent, PositiveQuantity, Quantity, UnitPrice } from '@ashlar/kernel/values';
import { z } from 'zod';
import { CustomerId, HoldId, InvoiceId, LocationId, PaymentId, StockDocumentId, VariantId } from '../domain/ids.ts';

// What this suite relies on of others, as far as it does.

const Source = z.object({ type: z.string(), id: z.string() });
const RateSnapshot = z.object({ code: z.string(), percent: Percent, compoundOn: z.array(z.string()) });
const Place = z.object({ jurisdiction: z.string().default(''), customerClass: z.string().default('') });

export const quoteVariants = {
  name: 'product.quote-variants',
  input: z.object({
    currency: Currency,
    lines: z.array(z.object({ variantId: VariantId, quantity: PositiveQuantity })),
    channel: z.string(),
    customerId: CustomerId.optional(),
  }),
  output: z.object({
    quotes: z.array(
      z.object({
        variantId: VariantId,
        productId: z.string(),
        categoryIds: z.array(z.string()),
        sku: z.string(),
        title: z.record(z.string(), z.string()),
        choices: z.record(z.string(), z.string()),
        isSold: z.boolean(),
        isStocked: z.boolean(),
        salesUom: z.string(),
        least: Quantity,
        step: Quantity,
        taxCategory: z.string().nullable(),
        price: z.object({ unitPrice: UnitPrice, includesTax: z.boolean() }).nullable(),
      }),
    ),
  }),
} as const;

export const getBooks = {
  name: 'billing.get-books',
  input: z.object({}),
  output: z.object({
    currency: Currency,
    timeZone: z.string(),
    roundingLevel: z.enum(['line', 'document']),
    roundingMode: z.enum(['half_up', 'half_even']),
  }),
} as const;

export const resolveTaxes = {
  name: 'billing.resolve-taxes',
  input: z.object({ date: z.string(), categories: z.array(z.string()), place: Place }),
  output: z.object({ taxes: z.array(z.object({ category: z.string(), rates: z.array(RateSnapshot).nullable() })) }),
} as const;

/** An invoice over lines of an order, with the taxes they were placed with. */
export const InvoiceInput = z.object({
  partyId: z.string().optional(),
  party: z.object({ name: z.string() }).loose(),
  currency: Currency,
  prices: z.enum(['inclusive', 'exclusive']),
  source: Source,
  lines: z.array(
    z.object({
      kind: z.enum(['item', 'shipping']).optional(),
      title: localizedText({ max: 500 }),
      sku: z.string(),
      quantity: PositiveQuantity,
      unitPrice: UnitPrice,
      discount: Money.optional(),
      taxes: z.array(RateSnapshot),
      figures: z.object({ net: Money, taxes: z.array(Money) }),
      sourceLine: z.string(),
    }),
  ),
});

export const bill = {
  name: 'billing.bill',
  input: InvoiceInput,
  output: z.object({ id: InvoiceId, label: z.string(), total: Money }),
} as const;

export const creditInvoice = {
  name: 'billing.credit-invoice',
  input: z.object({
    invoiceId: InvoiceId,
    lines: z.array(z.object({ line: z.int(), quantity: z.string() })).optional(),
    reason: z.string(),
  }),
  output: z.object({ id: InvoiceId, label: z.string(), total: Money, settled: Money }),
} as const;

export const requestPayment = {
  name: 'billing.request-payment',
  input: z.object({ provider: z.string(), partyId: z.string().optional(), amount: Money, source: Source }),
  output: z.object({ id: PaymentId, state: z.string() }),
} as const;

export const voidPayment = {
  name: 'billing.void-payment',
  input: z.object({ paymentId: PaymentId }),
  output: z.object({ id: PaymentId, state: z.string() }),
} as const;

export const refundPayment = {
  name: 'billing.refund-payment',
  input: z.object({
    paymentId: PaymentId,
    amount: Money,
    creditNoteId: InvoiceId.optional(),
    reason: z.string(),
  }),
  output: z.object({ id: PaymentId }),
} as const;

export const allocatePayment = {
  name: 'billing.allocate-payment',
  input: z.object({ paymentId: PaymentId, invoices: z.array(z.object({ invoiceId: InvoiceId, amount: Money })) }),
  output: z.object({ settled: z.array(z.object({ invoiceId: InvoiceId, amount: Money })) }),
} as const;

export const applyCredit = {
  name: 'billing.apply-credit',
  input: z.object({ creditNoteId: InvoiceId, invoiceId: InvoiceId, amount: Money }),
  output: z.object({ settled: z.array(z.object({ invoiceId: InvoiceId, amount: Money })) }),
} as const;

export const reserveStock = {
  name: 'inventory.reserve-stock',
  input: z.object({
    source: Source,
    holdId: HoldId.optional(),
    lines: z.array(z.object({ line: z.int(), itemId: VariantId, quantity: PositiveQuantity })),
    allowPartial: z.boolean(),
    allowBackorder: z.boolean(),
  }),
  output: z.object({ id: HoldId }),
} as const;

export const releaseHold = {
  name: 'inventory.release-hold',
  input: z.object({
    holdId: HoldId,
    lines: z.array(z.object({ line: z.int(), quantity: PositiveQuantity })).optional(),
  }),
  output: z.object({ id: HoldId }),
} as const;

export const issueStock = {
  name: 'inventory.issue-stock',
  input: z.object({
    source: Source,
    holdId: HoldId,
    lines: z.array(
      z.object({
        itemId: VariantId,
        locationId: LocationId,
        lotId: z.string().optional(),
        quantity: PositiveQuantity,
      }),
    ),
  }),
  output: z.object({ id: StockDocumentId }),
} as const;

export const receiveStock = {
  name: 'inventory.receive-stock',
  input: z.object({
    source: Source,
    lines: z.array(z.object({ itemId: VariantId, locationId: LocationId, quantity: PositiveQuantity, cost: Money })),
  }),
  output: z.object({ id: StockDocumentId }),
} as const;

const SourcesInput = z.object({
  type: z.string(),
  ids: z.array(z.string()).optional(),
  before: z.string().optional(),
});

export const billingSums = {
  name: 'billing.sums-of-sources',
  input: SourcesInput,
  output: z.object({
    sources: z.array(
      z.object({
        id: z.string(),
        captured: Money,
        refunded: Money,
        invoiced: Money,
        credited: Money,
        lines: z.array(z.object({ sourceLine: z.string(), quantity: z.string() })),
        quietSeconds: z.number(),
      }),
    ),
    next: z.string().nullable(),
  }),
} as const;

const Items = z.array(z.object({ itemId: z.string(), quantity: z.string() }));

export const stockSums = {
  name: 'inventory.sums-of-sources',
  input: SourcesInput,
  output: z.object({
    sources: z.array(z.object({ id: z.string(), held: Items, moved: Items, quietSeconds: z.number() })),
    next: z.string().nullable(),
  }),
} as const;
