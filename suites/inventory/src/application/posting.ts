import type { CommandContext, QueryContext } from '@ashlar/kernel';
import { type BusinessDate, type Currency, dayInZone, instant, money } from '@ashlar/kernel/values';
import { type NewDocument, postDocument } from '../adapters/post-document.ts';
import type { InventoryDb, InventoryTables } from '../adapters/tables.ts';
import { DocumentId, type ItemId, type LocationId, type LotId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import type { Movement, StockLevel } from '../domain/stock-level.ts';
import type { stockReceived } from '../domain/inventory-events.ts';
import type { Item } from '../domain/entered-quantity.ts';
import type { PostedDocument } from './posted-output.ts';

export type InventoryContext = CommandContext<InventoryTables>;

/** Which day it is for the organisation. */
export async function today(context: Pick<QueryContext<InventoryTables>, 'db' | 'clock'>): Promise<BusinessDate> {
  return (await readCalendar(context)).today;
}

/**
 * The day a posting is dated, today unless told.
 *
 * @throws {AshlarError} `inventory.period_closed`
 */
export async function postingDay(
  context: Pick<InventoryContext, 'db' | 'clock'>,
  given?: BusinessDate,
): Promise<BusinessDate> {
  const calendar = await readCalendar(context);
  const date = given ?? calendar.today;
  const { closedUntil } = calendar;
  if (closedUntil !== null && date <= closedUntil) throw inventoryErrors.periodClosed({ closedUntil, date });
  return date;
}

async function readCalendar({
  db,
  clock,
}: Pick<QueryContext<InventoryTables>, 'db' | 'clock'>): Promise<{ today: BusinessDate; closedUntil: string | null }> {
  const policy = await db.selectFrom('inventory.policies').select(['time_zone', 'closed_until']).executeTakeFirst();
  return { today: dayInZone(instant(clock()), policy?.time_zone ?? 'UTC'), closedUntil: policy?.closed_until ?? null };
}

/** The branch whose numbers a document at this location takes. */
export async function branchOf(db: InventoryDb, locationId: string): Promise<string> {
  const row = await db
    .selectFrom('inventory.locations as location')
    .leftJoin('inventory.warehouses as warehouse', 'warehouse.id', 'location.warehouse_id')
    .select('warehouse.branch')
    .where('location.id', '=', locationId)
    .executeTakeFirst();
  if (row === undefined) throw inventoryErrors.locationUnknown({ id: locationId });
  return row.branch ?? '';
}

export interface Posting extends Omit<NewDocument, 'id' | 'postingDate'> {
  readonly postingDate: BusinessDate;
  readonly movements: readonly Movement[];
  readonly levels: ReadonlyMap<string, StockLevel>;
  readonly items: ReadonlyMap<string, Item>;
}

export interface Posted {
  readonly answer: PostedDocument;
  /** The data of the event that tells it. */
  readonly fact: Parameters<typeof stockReceived.of>[0]['data'];
}

/** Writes a document with its entries, and puts it into the words of the answer and of the event. */
export async function post({ db, newId, audit }: InventoryContext, posting: Posting): Promise<Posted> {
  const { movements, levels, items, ...document } = posting;
  const id = newId(DocumentId);
  const number = await postDocument(db, { id, ...document }, movements);
  audit({ subject: id, after: { number }, ...(document.reason === undefined ? {} : { reason: document.reason }) });
  const lines = movements.map((movement) => {
    const level = levels.get(movement.levelId);
    const item = level && items.get(level.itemId);
    if (level === undefined || item === undefined)
      throw new Error(`Movement of a level that was not read: ${movement.levelId}`);
    return { movement, level, item };
  });
  return {
    answer: {
      id,
      number,
      postingDate: document.postingDate,
      lines: lines.map(({ movement, item }) => ({
        line: movement.lineNo,
        // Items have a currency that was checked when they were tracked.
        value: money(movement.valueMinor, item.currency as Currency),
      })),
    },
    fact: {
      documentId: id,
      postingDate: document.postingDate,
      source: document.source ?? null,
      lines: lines.map(({ movement, level, item }) => ({
        line: movement.lineNo,
        // Ids out of our own tables are what they were when they were made.
        itemId: level.itemId as ItemId,
        locationId: level.locationId as LocationId,
        lotId: level.lotId as LotId | null,
        quantity: { micros: movement.quantity, uom: item.baseUom },
        value: movement.valueMinor.toString(),
        variance: movement.varianceMinor.toString(),
        currency: item.currency,
      })),
    },
  };
}

/** The items of measured lines, by id. */
export function itemsById(lines: readonly { readonly item: Item }[]): ReadonlyMap<string, Item> {
  return new Map(lines.map(({ item }) => [item.id, item]));
}
