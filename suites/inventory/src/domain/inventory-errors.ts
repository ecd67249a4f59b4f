import { defineErrors, type ErrorFactory } from '@ashlar/kernel';
import { inventoryErrorsInArabic } from './inventory-errors-in-arabic.ts';

type InventoryError =
  | 'insufficientStock'
  | 'itemUnknown'
  | 'locationUnknown'
  | 'locationNotPickable'
  | 'lotRequired'
  | 'lotUnknown'
  | 'lotBlocked'
  | 'lotExpired'
  | 'serialDuplicate'
  | 'serialCountDiffers'
  | 'serialUnknown'
  | 'serialMovedOn'
  | 'costRequired'
  | 'reservationMismatch'
  | 'alreadyExpired'
  | 'periodClosed'
  | 'approvalRequired'
  | 'alreadyReversed'
  | 'sameLocation'
  | 'overReceipt'
  | 'countOpenElsewhere'
  | 'selfApproval'
  | 'countedTwice'
  | 'frozenField'
  | 'codeTaken'
  | 'rowsWrong';

/** What this suite refuses beside what any use case may. Codes are `inventory.insufficient_stock` and so on. */
export const inventoryErrors: Readonly<Record<InventoryError, ErrorFactory>> = defineErrors(
  'inventory',
  {
    insufficientStock: { kind: 'conflict', title: 'Line {line}: {wanted} wanted, {available} available' },
    itemUnknown: { kind: 'not_found', title: 'There is no item {id}', hint: 'Publish its variant, or track it first' },
    locationUnknown: { kind: 'not_found', title: 'There is no location {id}' },
    locationNotPickable: { kind: 'unprocessable', title: 'Line {line}: nothing is handed out from {location}' },
    lotRequired: { kind: 'unprocessable', title: 'Line {line}: {sku} is kept by lot' },
    lotUnknown: { kind: 'not_found', title: 'There is no lot {code} of {sku}' },
    lotBlocked: { kind: 'conflict', title: 'Line {line}: the lot is in quarantine or recalled' },
    lotExpired: { kind: 'conflict', title: 'Line {line}: the lot expired on {expiresOn}' },
    serialDuplicate: { kind: 'conflict', title: 'Serial {code} is in stock already' },
    serialCountDiffers: { kind: 'unprocessable', title: 'Line {line}: {quantity} pieces and {serials} serials' },
    serialUnknown: { kind: 'not_found', title: 'Serial {code} is not at this location' },
    serialMovedOn: {
      kind: 'conflict',
      title: 'A serial of this document has moved on',
      hint: 'Reverse what followed first',
    },
    costRequired: {
      kind: 'unprocessable',
      title: 'Line {line}: what was received has a cost',
      hint: 'Zero takes inventory.receive-free',
    },
    reservationMismatch: { kind: 'conflict', title: 'Line {line}: the hold has {held} of it here, {wanted} wanted' },
    alreadyExpired: { kind: 'conflict', title: 'The hold {hold} is over', hint: 'Reserve anew' },
    periodClosed: { kind: 'conflict', title: 'Stock is closed until {closedUntil}, the posting is dated {date}' },
    approvalRequired: {
      kind: 'forbidden',
      title: 'An adjustment worth {value} is above the limit of {limit}',
      hint: 'Ask somebody with inventory.approve',
    },
    alreadyReversed: { kind: 'conflict', title: 'Document {id} was reversed before' },
    sameLocation: { kind: 'unprocessable', title: 'A transfer goes from one location to another' },
    overReceipt: { kind: 'conflict', title: 'Line {line}: {arrived} arrived, {inTransit} were on their way' },
    countOpenElsewhere: { kind: 'conflict', title: 'Location {location} is being counted already' },
    selfApproval: { kind: 'forbidden', title: 'Whoever counted does not approve the count' },
    countedTwice: { kind: 'unprocessable', title: 'An item is counted on two lines', hint: 'Add them up' },
    frozenField: {
      kind: 'conflict',
      title: 'Item {id} has moved: its base unit, tracking and currency stay as they are',
    },
    codeTaken: { kind: 'conflict', title: 'The code {code} is taken' },
    rowsWrong: {
      kind: 'unprocessable',
      title: '{wrong} of {rows} rows are wrong',
      hint: 'Each is named with its reason',
    },
  },
  { ar: inventoryErrorsInArabic },
);
