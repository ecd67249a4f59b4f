import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import {
  type Currency,
  microsText,
  money,
  parseMicros,
  PositiveQuantity,
  Quantity,
  Rational,
} from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { remember } from '../adapters/history.ts';
import { addToLines, lockOrder, orderLines } from '../adapters/orders.ts';
import { changeReturn, costsOf, invoicedLines, lockReturn, paymentsLeft, returnLines } from '../adapters/returns.ts';
import { type InvoiceId, LocationId, type OrderId, VariantId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { returnInspected } from '../domain/order-events.ts';
import { nextReturnStates, requireStep } from '../domain/order-status.ts';
import { planCredits } from '../domain/plan-credits.ts';
import { MAX_LINES, type OrderContext } from './order-context.ts';
import type { OrderDb } from '../adapters/tables.ts';
import { ofReturn, ReturnMoved } from './returns.ts';

export const inspectReturn = useCase('order.inspect-return', {
  summary: 'Says what of a return goes back on the shelf and what is scrapped; all of it is credited.',
  input: z.strictObject({
    ...ofReturn,
    lines: z
      .array(
        z.strictObject({
          line: z.int().min(1),
          restock: z.string().min(1).max(40).default('0'),
          scrap: z.string().min(1).max(40).default('0'),
        }),
      )
      .min(1)
      .max(MAX_LINES),
    locationId: LocationId.optional().describe('Where it goes; asked for where anything is restocked'),
    outcome: z
      .enum(['refund', 'store_credit', 'exchange'])
      .default('refund')
      .describe('What the customer gets: the money, as much to have for something else, or something else at once'),
    exchangeFor: z
      .array(z.strictObject({ variantId: VariantId, quantity: PositiveQuantity }))
      .max(MAX_LINES)
      .default([]),
  }),
  output: ReturnMoved,
  errors: [orderErrors.notInspected, orderErrors.lineUnknown, orderErrors.customerMissing, orderErrors.exchangeUnclear],
  permission: 'order.handle-returns',
  on: { http: 'POST /returns/:returnId/inspect', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ returnId, lines: told, locationId, outcome, exchangeFor }, { db, emit, audit }: OrderContext) => {
    const row = await lockReturn(db, returnId);
    requireStep(nextReturnStates, row.state, 'inspected');
    const order = await lockOrder(db, row.order_id);
    const orderId = order.id as OrderId;
    if ((outcome === 'exchange') !== exchangeFor.length > 0) return refuse(orderErrors.exchangeUnclear());
    if (outcome === 'store_credit' && order.customer_id === null) return refuse(orderErrors.customerMissing());
    const currency = order.currency as Currency;
    const [lines, known, costs] = await Promise.all([
      returnLines(db, returnId),
      orderLines(db, orderId),
      costsOf(db, orderId),
    ]);
    const stranger = told.find(({ line }) => !lines.some((one) => one.line_no === line));
    if (stranger !== undefined) return refuse(orderErrors.lineUnknown({ line: stranger.line }));
    // What has left is about to be invoiced: whoever took it back before would never be given its money.
    if (
      await isInvoicePending(
        db,
        orderId,
        lines.map((one) => one.line_no),
      )
    )
      return refuse(commonErrors.busy());
    const restock = [];
    const back = [];
    for (const { line_no: line, received } of lines) {
      const said = told.filter((one) => one.line === line);
      const good = said.reduce((sum, one) => sum + parseMicros(one.restock), 0n);
      const bad = said.reduce((sum, one) => sum + parseMicros(one.scrap), 0n);
      const wrong = said.some((one) => parseMicros(one.restock) < 0n || parseMicros(one.scrap) < 0n);
      const of = known.find((one) => one.line_no === line);
      if (
        of === undefined ||
        wrong ||
        good + bad !== parseMicros(received) ||
        (good > 0n && locationId === undefined)
      ) {
        return refuse(orderErrors.notInspected({ line, received, inspected: microsText(good + bad) }));
      }
      // oxlint-disable-next-line no-await-in-loop -- few lines, one connection.
      await db
        .updateTable('orders.return_lines')
        .set({ restocked: microsText(good), scrapped: microsText(bad) })
        .where('return_id', '=', returnId)
        .where('line_no', '=', line)
        .execute();
      back.push({ line, micros: good + bad });
      const cost = costs.get(line);
      if (good === 0n || !of.is_stocked || locationId === undefined || cost === undefined) continue;
      restock.push({
        line,
        itemId: of.variant_id as VariantId,
        locationId,
        quantity: { micros: good, uom: of.uom },
        cost: money(Rational.of(cost.costMinor * good, cost.micros).round(), currency),
      });
    }
    await addToLines(
      db,
      orderId,
      'qty_returned',
      back.filter(({ micros }) => micros > 0n).map(({ line, micros }) => ({ line, quantity: microsText(micros) })),
    );
    const wished = exchangeFor.map((one) => ({ ...one, quantity: Quantity.encode(one.quantity) }));
    const version = await changeReturn(db, returnId, {
      state: 'inspected',
      outcome,
      exchange_for: JSON.stringify(wished),
    });
    await remember(db, orderId, 'return_inspected', { outcome });
    const credits = planCredits(await invoicedLines(db, orderId), back);
    const payments = await paymentsLeft(db, orderId);
    emit(
      returnInspected.of({
        subject: returnId,
        data: {
          orderId,
          number: order.label,
          returnId,
          reason: row.reason,
          outcome,
          restock,
          credits: credits.map(({ invoiceId, lines: taken }) => ({
            invoiceId: invoiceId as InvoiceId,
            lines: [...taken],
          })),
          payments: payments.map(({ paymentId, leftMinor }) => ({
            paymentId: paymentId as never,
            left: money(leftMinor, currency),
          })),
        },
      }),
    );
    audit({ subject: returnId, after: { state: 'inspected', restocked: restock.length } });
    return { id: returnId, orderId, state: 'inspected', version };
  },
});

/** Whether more of these lines has left than was ever invoiced. */
async function isInvoicePending(db: OrderDb, orderId: string, lines: readonly number[]): Promise<boolean> {
  const { rows } = await sql`
    select from orders.order_lines l where l.order_id = ${orderId} and l.line_no = any (${lines}::integer[])
      and l.qty_fulfilled > (
        select coalesce(sum(x.quantity), 0)
        from orders.documents d, jsonb_to_recordset(d.lines) as x(line integer, quantity numeric)
        where d.order_id = l.order_id and d.kind = 'invoice' and x.line = l.line_no)`.execute(db);
  return rows.length > 0;
}
