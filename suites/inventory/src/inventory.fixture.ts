import { randomUUID } from 'node:crypto';
import type { Cluster } from '@ashlar/postgres';
import { createSuiteProject, type SuiteProject } from '@ashlar/testing';
import { addLocation, addWarehouse } from './application/manage-places.ts';
import { receiveStock } from './application/receive-stock.ts';
import { reserveStock } from './application/reserve-stock.ts';
import { trackItem } from './application/track-item.ts';
import { ItemId, type LocationId, type WarehouseId } from './domain/ids.ts';
import { inventory } from './suite.ts';

export interface ItemOptions {
  readonly tracking?: 'none' | 'lot' | 'serial';
  readonly wholeUnits?: boolean;
  readonly units?: readonly { readonly uom: string; readonly num: string; readonly den?: string }[];
}

/** A shop with a warehouse, a shelf and a back room, on a real database; its clock is the test's to set. */
export interface Shop extends AsyncDisposable {
  readonly project: SuiteProject;
  readonly call: SuiteProject['call'];
  readonly warehouseId: WarehouseId;
  readonly shelf: LocationId;
  readonly backRoom: LocationId;
  /** Moves the clock of all commands from here on. */
  passTime(milliseconds: number): void;
  now(): Date;
  /** Another warehouse of the same organisation, with a shelf, a back room and a clock of its own. */
  openBranch(code: string): Promise<Shop>;
  addItem(options?: ItemOptions): Promise<ItemId>;
  /** Takes pieces in at a price for all of them, in cents. */
  stock(itemId: ItemId, pieces: number, costMinor?: number, locationId?: LocationId): Promise<string>;
  hold(itemId: ItemId, pieces: number, more?: object): Promise<string>;
  /** What the database says of an item at a location, all lots together. */
  level(
    itemId: ItemId,
    locationId?: LocationId,
  ): Promise<{ onHand: number; reserved: number; backordered: number; value: number }>;
}

/** @param options.cluster Default: the server all test files share, which does not wait for the disk. */
export async function openShop(options: { readonly cluster?: Cluster } = {}): Promise<Shop> {
  const project = await createSuiteProject({ suites: [inventory], ...options });
  return furnish(project, { warehouse: 'MAIN', shelf: 'SHELF', backRoom: 'BACK' });
}

async function furnish(
  project: SuiteProject,
  codes: Readonly<Record<'warehouse' | 'shelf' | 'backRoom', string>>,
): Promise<Shop> {
  let elapsed = 0;
  const now = (): Date => new Date(Date.now() + elapsed);
  const call = project.callAt(now);
  const { id: warehouseId } = await call(addWarehouse, { code: codes.warehouse, name: { en: 'Warehouse' } });
  const { id: shelf } = await call(addLocation, { warehouseId, code: codes.shelf });
  const { id: backRoom } = await call(addLocation, { warehouseId, code: codes.backRoom, pickable: false });
  return {
    project,
    call,
    warehouseId,
    shelf,
    backRoom,
    now,
    passTime(milliseconds) {
      elapsed += milliseconds;
    },
    openBranch: (code) => furnish(project, { warehouse: code, shelf: `${code}-SHELF`, backRoom: `${code}-BACK` }),
    async addItem({ tracking = 'none', wholeUnits = true, units = [] } = {}) {
      const itemId = ItemId.parse(randomUUID());
      await call(trackItem, { itemId, sku: `SKU-${itemId}`, currency: 'USD', tracking, wholeUnits, units: [...units] });
      return itemId;
    },
    async stock(itemId, pieces, costMinor = pieces * 100, locationId = shelf) {
      const quantity = { value: String(pieces), uom: 'pcs' };
      const cost = { amount: String(costMinor), currency: 'USD' };
      const { id } = await call(receiveStock, { lines: [{ itemId, locationId, quantity, cost }] });
      return id;
    },
    async hold(itemId, pieces, more = {}) {
      const lines = [{ itemId, quantity: { value: String(pieces), uom: 'pcs' } }];
      const { id } = await call(reserveStock, { source: { type: 'order', id: randomUUID() }, lines, ...more });
      return id;
    },
    async level(itemId, locationId = shelf) {
      const [row] = await project.test.sql<Record<'on_hand' | 'reserved' | 'backordered' | 'value', string>>(
        `select coalesce(sum(on_hand), 0) on_hand, coalesce(sum(reserved), 0) reserved,
           coalesce(sum(backordered), 0) backordered, coalesce(sum(value), 0) value
         from inventory.stock_levels where item_id = $1 and location_id = $2`,
        [itemId, locationId],
      );
      return {
        onHand: Number(row?.on_hand),
        reserved: Number(row?.reserved),
        backordered: Number(row?.backordered),
        value: Number(row?.value),
      };
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}
