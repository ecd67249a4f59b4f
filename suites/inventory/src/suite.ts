import { commonErrors, defineSuite, type Suite } from '@ashlar/kernel';
import { alarmOfDrifts } from '@ashlar/kernel/reconciliation';
import { adjustStock, adjustStockApproved } from './application/adjust-stock.ts';
import { issueStock, issueUnfitStock } from './application/issue-stock.ts';
import { checkStock } from './application/check-stock.ts';
import { countSheet } from './application/count-sheet.ts';
import { expiringLots } from './application/expiring-lots.ts';
import { exportStock } from './application/export-stock.ts';
import { importStock } from './application/import-stock.ts';
import { approveCount, cancelCount, startCount, submitCount } from './application/manage-counts.ts';
import { cancelTransfer, startTransfer } from './application/manage-transfers.ts';
import { dispatchTransfer, receiveTransfer } from './application/move-transfer.ts';
import { goodsOfHold, goodsOfIssue } from './application/read-goods.ts';
import { availability, ledgerCard, stockAsOf } from './application/read-stock.ts';
import { expireHolds, extendHold, prioritiseHold, releaseHold } from './application/manage-holds.ts';
import { blockLot, clearLot, recallLot } from './application/manage-lots.ts';
import { addLocation, addWarehouse, changeLocation, changeWarehouse } from './application/manage-places.ts';
import { setPolicy } from './application/set-policy.ts';
import { receiveFreeStock, receiveStock } from './application/receive-stock.ts';
import { reserveStock } from './application/reserve-stock.ts';
import { reverseDocument } from './application/reverse-document.ts';
import { sumsOfSources } from './application/sums-of-sources.ts';
import { trackItem } from './application/track-item.ts';
import { archiveItem, archiveItemsOfProduct, followVariant } from './application/follow-catalogue.ts';
import { ledgerValue, stockValue } from './application/read-costs.ts';
import { writeOffTransfer } from './application/write-off-transfer.ts';
import { setMinimum } from './application/set-minimum.ts';
import { fillStock } from './demo/fill-stock.ts';
import { inventoryErrors } from './domain/inventory-errors.ts';
import * as events from './domain/inventory-events.ts';

/** Stock: what is where, what it is worth, and who it is promised to. */
export const inventory: Suite = defineSuite({
  name: 'inventory',
  title: { en: 'Inventory', ar: 'المخزون' },
  migrations: new URL('../migrations/', import.meta.url),
  useCases: [
    trackItem,
    followVariant,
    archiveItem,
    archiveItemsOfProduct,
    setMinimum,
    addWarehouse,
    addLocation,
    changeWarehouse,
    changeLocation,
    setPolicy,
    receiveStock,
    receiveFreeStock,
    issueStock,
    issueUnfitStock,
    reserveStock,
    extendHold,
    prioritiseHold,
    releaseHold,
    expireHolds,
    adjustStock,
    adjustStockApproved,
    reverseDocument,
    blockLot,
    clearLot,
    recallLot,
    startTransfer,
    dispatchTransfer,
    receiveTransfer,
    writeOffTransfer,
    cancelTransfer,
    startCount,
    submitCount,
    approveCount,
    cancelCount,
    countSheet,
    importStock,
    exportStock,
    checkStock,
    goodsOfHold,
    goodsOfIssue,
    availability,
    stockAsOf,
    ledgerCard,
    expiringLots,
    stockValue,
    ledgerValue,
    sumsOfSources,
  ],
  events: Object.values(events),
  permissions: {
    'inventory.read': 'See items, places and what is available',
    'inventory.read-cost': 'See what stock is worth',
    'inventory.reserve': 'Hold stock',
    'inventory.receive': 'Take goods in',
    'inventory.receive-free': 'Take goods in that cost nothing',
    'inventory.issue': 'Hand goods out',
    'inventory.transfer': 'Send goods to another place',
    'inventory.count': 'Count stock',
    'inventory.adjust': 'Correct stock, up to the limit',
    'inventory.approve': 'Approve corrections and counts, clear and recall lots',
    'inventory.override': 'Hand out what its lot forbids',
    'inventory.manage': 'Set up items, places and rules',
  },
  roles: [
    {
      key: 'inventory-storekeeper',
      name: { en: 'Storekeeper', ar: 'أمين المخزن' },
      permissions: [
        'inventory.read',
        'inventory.receive',
        'inventory.issue',
        'inventory.transfer',
        'inventory.reserve',
      ],
    },
    { key: 'inventory-counter', name: { en: 'Stock counter', ar: 'عداد المخزون' }, permissions: ['inventory.count'] },
    {
      key: 'inventory-manager',
      name: { en: 'Inventory manager', ar: 'مدير المخزون' },
      permissions: ['inventory.*'],
    },
    {
      key: 'inventory-accountant',
      name: { en: 'Inventory accountant', ar: 'محاسب المخزون' },
      permissions: ['inventory.read', 'inventory.read-cost'],
    },
  ],
  schedules: [
    { name: 'inventory.sweep-holds', cron: '* * * * *', useCase: expireHolds, input: {} },
    {
      name: 'inventory.nightly-check',
      cron: '30 2 * * *',
      useCase: checkStock,
      input: {},
      alarm: alarmOfDrifts,
    },
  ],
  // What the rules of the database are called in the words of this suite. They are the last line: the use cases see
  // most of it first, and two of them at once do not.
  constraints: {
    nothing_oversold: inventoryErrors.insufficientStock,
    items_sku_idx: inventoryErrors.codeTaken,
    warehouse_code_taken: inventoryErrors.codeTaken,
    location_code_taken: inventoryErrors.codeTaken,
    lot_code_taken: inventoryErrors.codeTaken,
    lot_as_tracked: inventoryErrors.lotRequired,
    serial_elsewhere: inventoryErrors.serialMovedOn,
    frozen_field: inventoryErrors.frozenField,
    count_open_elsewhere: inventoryErrors.countOpenElsewhere,
    already_reversed: inventoryErrors.alreadyReversed,
    already_reversed_entry: inventoryErrors.alreadyReversed,
    // A reference always holds the organisation too: what is another's is not there.
    stock_levels_org_id_item_id_fkey: inventoryErrors.itemUnknown,
    stock_levels_org_id_location_id_fkey: inventoryErrors.locationUnknown,
    stock_levels_org_id_item_id_lot_id_fkey: inventoryErrors.lotUnknown,
    locations_org_id_warehouse_id_fkey: commonErrors.notFound,
    locations_org_id_parent_id_fkey: inventoryErrors.locationUnknown,
  },
  demo: { needs: ['product'], run: fillStock },
});
