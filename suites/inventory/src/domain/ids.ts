import { brandedId } from '@ashlar/kernel';
import type { z } from 'zod';

/** The variant's id in the catalogue. */
export const ItemId = brandedId('ItemId');
export type ItemId = z.output<typeof ItemId>;
export const WarehouseId = brandedId('WarehouseId');
export type WarehouseId = z.output<typeof WarehouseId>;
export const LocationId = brandedId('LocationId');
export type LocationId = z.output<typeof LocationId>;
export const LotId = brandedId('LotId');
export type LotId = z.output<typeof LotId>;
export const SerialId = brandedId('SerialId');
export const ReservationId = brandedId('ReservationId');
/** All reservations of one command. */
export const HoldId = brandedId('HoldId');
export type HoldId = z.output<typeof HoldId>;
export const DocumentId = brandedId('DocumentId');
export type DocumentId = z.output<typeof DocumentId>;
export const TransferId = brandedId('TransferId');
export type TransferId = z.output<typeof TransferId>;
export const CountId = brandedId('CountId');
export type CountId = z.output<typeof CountId>;
