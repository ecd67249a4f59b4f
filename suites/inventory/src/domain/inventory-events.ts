import { eventType } from '@ashlar/kernel';
import { Quantity } from '@ashlar/kernel/values';
import { z } from 'zod';
import { CountId, DocumentId, HoldId, ItemId, LocationId, LotId, TransferId } from './ids.ts';

const Source = z.object({ type: z.string(), id: z.string() });
const HeldLine = z.object({
  line: z.int(),
  itemId: ItemId,
  locationId: LocationId,
  lotId: LotId.nullable(),
  quantity: Quantity,
  backordered: Quantity,
});
const Moved = z.object({
  line: z.int(),
  itemId: ItemId,
  locationId: LocationId,
  lotId: LotId.nullable(),
  quantity: Quantity,
  /** Minor units, in the item's currency. */
  value: z.string(),
  variance: z.string(),
  currency: z.string(),
});
const Posted = z.object({
  documentId: DocumentId,
  postingDate: z.string(),
  source: Source.nullable(),
  lines: z.array(Moved),
});
const HoldEnded = z.object({ holdId: HoldId, source: Source });

export const reservationCreated = eventType('inventory.reservation.created', {
  summary: 'Stock is held for somebody.',
  data: z.object({ holdId: HoldId, source: Source, expiresAt: z.string().nullable(), lines: z.array(HeldLine) }),
});
export const reservationReleased = eventType('inventory.reservation.released', {
  summary: 'A hold was given up; what it held is free again.',
  data: HoldEnded,
});
export const reservationExpired = eventType('inventory.reservation.expired', {
  summary: 'Reservations of a hold were overdue, and somebody wrote that down.',
  data: HoldEnded,
});
export const reservationCovered = eventType('inventory.reservation.covered', {
  summary: 'What a hold was promised has come, all of it or some.',
  data: HoldEnded.extend({
    lines: z.array(
      z.object({
        line: z.int(),
        itemId: ItemId,
        locationId: LocationId,
        lotId: LotId.nullable(),
        covered: Quantity,
        /** What is still to come. */
        backordered: Quantity,
      }),
    ),
  }),
});
export const reservationConsumed = eventType('inventory.reservation.consumed', {
  summary: 'All that a hold kept has been issued.',
  data: HoldEnded,
});
export const stockReceived = eventType('inventory.stock.received', { summary: 'Stock came in.', data: Posted });
export const stockIssued = eventType('inventory.stock.issued', { summary: 'Stock went out.', data: Posted });
export const stockAdjusted = eventType('inventory.stock.adjusted', {
  summary: 'Stock was corrected to what is there, or a document was taken back.',
  data: Posted,
});
export const stockTransferred = eventType('inventory.stock.transferred', {
  summary: 'Stock left for another location, or arrived there.',
  data: z.object({ transferId: TransferId, state: z.enum(['in_transit', 'received']), posting: Posted }),
});
const AtPlace = z.object({ itemId: ItemId, locationId: LocationId });

export const levelChanged = eventType('inventory.stock.level_changed', {
  summary: 'How much of an item is at a location, all lots together, is not what it was.',
  data: AtPlace.extend({
    onHand: Quantity,
    held: Quantity,
    /** What a newcomer may have there. */
    available: Quantity,
    promised: Quantity,
    pickable: z.boolean(),
  }),
});
export const stockLow = eventType('inventory.stock.low', {
  summary:
    'There is less of an item at a location than somebody wants to have there; told once until there is enough again.',
  data: AtPlace.extend({ available: Quantity, minimum: Quantity }),
});
export const lotRecalled = eventType('inventory.lot.recalled', {
  summary: 'A lot was recalled; nothing of it is handed out any more.',
  data: z.object({ lotId: LotId, itemId: ItemId, code: z.string(), reason: z.string() }),
});
export const countApproved = eventType('inventory.count.approved', {
  summary: 'A count was approved, and the stock corrected to it.',
  data: z.object({ countId: CountId, locationId: LocationId, documentId: DocumentId.nullable() }),
});
