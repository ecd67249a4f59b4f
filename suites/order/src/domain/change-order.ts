import { accept, commonErrors, type Decision, refuse } from '@ashlar/kernel';
import { microsText, type Quantity, roundQuotient } from '@ashlar/kernel/values';
import type { LineTaxJson } from '../adapters/tables.ts';
import { orderErrors } from './order-errors.ts';
import type { OrderStatus } from './order-status.ts';

export type ChangeState = 'proposed' | 'payment_needed' | 'accepted' | 'applied' | 'rejected' | 'withdrawn';

/** The table of states; the database holds the same one. */
export const nextChangeStates: Readonly<Record<ChangeState, readonly ChangeState[]>> = {
  proposed: ['payment_needed', 'accepted', 'withdrawn', 'rejected'],
  payment_needed: ['accepted', 'withdrawn', 'rejected'],
  accepted: ['applied', 'rejected'],
  applied: [],
  rejected: [],
  withdrawn: [],
};

/** A line as it will be; amounts are minor units and quantities plain decimals, both as texts. */
export interface AddedLine {
  readonly line: number;
  readonly variantId: string;
  readonly sku: string;
  readonly title: Readonly<Record<string, string>>;
  readonly choices: Readonly<Record<string, string>>;
  readonly isStocked: boolean;
  readonly quantity: string;
  readonly uom: string;
  readonly unitPrice: string;
  readonly taxCategory: string;
  readonly taxes: readonly LineTaxJson[];
  readonly net: string;
  readonly tax: string;
}

export interface CancelledLine {
  readonly line: number;
  readonly quantity: string;
}

export interface Patch {
  readonly added: readonly AddedLine[];
  readonly cancelled: readonly CancelledLine[];
}

/** What of a line decides how it may change; quantities in millionths. */
export interface ChangeableLine {
  readonly line: number;
  readonly variantId: string;
  readonly sku: string;
  readonly uom: string;
  readonly micros: bigint;
  readonly cancelledMicros: bigint;
  readonly leavingMicros: bigint;
  /** In parcels, gone or about to. */
  readonly underWayMicros: bigint;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
}

export interface LineWish {
  readonly line: number;
  readonly quantity: Quantity;
}

export interface Lowering {
  readonly line: number;
  readonly micros: bigint;
}

/** What of a line is wanted and not in a parcel. */
function openMicros(line: ChangeableLine): bigint {
  return line.micros - line.cancelledMicros - line.leavingMicros - line.underWayMicros;
}

const changeable: ReadonlySet<OrderStatus> = new Set(['placed', 'on_hold', 'confirmed', 'in_fulfilment']);

/** Whether anything of an order may still be changed: what has left comes back by a return. */
export function mayChange(status: OrderStatus, cancelReason: string | null): Decision<never> {
  if (cancelReason !== null && status !== 'cancelled') return refuse(orderErrors.beingCancelled());
  if (!changeable.has(status)) return refuse(orderErrors.notChangeable({ status }));
  return accept();
}

/** How much of which lines goes, where so much of each is not wanted any more. */
export function lowerBy(lines: readonly ChangeableLine[], wishes: readonly LineWish[]): Decision<Lowering> {
  const lowered: Lowering[] = [];
  for (const [lineNo, wanted] of Map.groupBy(wishes, ({ line }) => line)) {
    const line = lines.find((one) => one.line === lineNo);
    if (line === undefined) return refuse(orderErrors.lineUnknown({ line: lineNo }));
    if (wanted.some(({ quantity }) => quantity.uom !== line.uom)) {
      return refuse(orderErrors.unitDiffers({ line: lineNo, sku: line.sku, uom: line.uom }));
    }
    const micros = wanted.reduce((sum, { quantity }) => sum + quantity.micros, 0n);
    const open = openMicros(line);
    if (micros > open) {
      if (open === 0n && line.underWayMicros > 0n) return refuse(orderErrors.hasShippedLines());
      return refuse(orderErrors.exceedsOpenQty({ line: lineNo, wanted: microsText(micros), open: microsText(open) }));
    }
    lowered.push({ line: lineNo, micros });
  }
  return accept(...lowered);
}

export interface Difference {
  readonly lowered: readonly Lowering[];
  /** To be had beside what there is, at the prices of that day. */
  readonly raised: readonly { readonly variantId: string; readonly quantity: Quantity }[];
}

/** What it takes that so much of each line is wanted. */
export function differFrom(lines: readonly ChangeableLine[], wishes: readonly LineWish[]): Decision<Difference> {
  const lowered: LineWish[] = [];
  const raised: Difference['raised'][number][] = [];
  for (const { line: lineNo, quantity } of wishes) {
    const line = lines.find((one) => one.line === lineNo);
    if (line === undefined) return refuse(orderErrors.lineUnknown({ line: lineNo }));
    if (quantity.uom !== line.uom) {
      return refuse(orderErrors.unitDiffers({ line: lineNo, sku: line.sku, uom: line.uom }));
    }
    if (quantity.micros < 0n) return refuse(commonErrors.invalidInput({ count: 1 }));
    const wanted = line.micros - line.cancelledMicros - line.leavingMicros;
    const more = quantity.micros - wanted;
    if (more < 0n) lowered.push({ line: lineNo, quantity: { micros: -more, uom: line.uom } });
    if (more > 0n) raised.push({ variantId: line.variantId, quantity: { micros: more, uom: line.uom } });
  }
  const decision = lowerBy(lines, lowered);
  return decision.accepted ? accept({ lowered: decision.events, raised }) : decision;
}

/** What so much less of each line comes to less: as a credit note over it will say. */
export function worthOf(lines: readonly ChangeableLine[], lowered: readonly Lowering[]): bigint {
  return lowered.reduce((sum, { line: lineNo, micros }) => {
    const line = lines.find((one) => one.line === lineNo);
    if (line === undefined) return sum;
    const before = line.cancelledMicros + line.leavingMicros;
    const part = (amount: bigint): bigint =>
      roundQuotient(amount * (before + micros), line.micros) - roundQuotient(amount * before, line.micros);
    return sum + part(line.netMinor) + part(line.taxMinor);
  }, 0n);
}

/** Whether a change leaves nothing of an order: then it is cancelled as a whole. */
export function leavesNothing(lines: readonly ChangeableLine[], lowered: readonly Lowering[]): boolean {
  return lines.every((line) => {
    const gone = lowered.find((one) => one.line === line.line)?.micros ?? 0n;
    return openMicros(line) - gone === 0n && line.underWayMicros === 0n;
  });
}
