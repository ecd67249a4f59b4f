import { type Levels, openLevels, type Place, placeKey } from '../adapters/stock-levels.ts';
import {
  findTransfer,
  findTransferLines,
  type Transfer,
  type TransferLine,
  transitLocation,
} from '../adapters/transfers.ts';
import type { TransferId } from '../domain/ids.ts';
import type { InventoryContext } from './posting.ts';

export interface OpenTransfer {
  readonly transfer: Transfer;
  readonly lines: readonly TransferLine[];
  readonly levels: Levels;
  readonly sourceOf: (line: TransferLine) => string;
  readonly transitOf: (line: TransferLine | undefined) => string;
  readonly targetOf: (line: TransferLine) => string;
}

/** Locks the transfer and then every level it may touch, at both ends and between them. */
export async function openTransfer({ db }: InventoryContext, transferId: TransferId): Promise<OpenTransfer> {
  const transfer = await findTransfer(db, transferId);
  const lines = await findTransferLines(db, transferId);
  const transitId = await transitLocation(db);
  const ends = transfer.state === 'draft' ? transfer.fromLocationId : transfer.toLocationId;
  const levels = await openLevels(
    db,
    lines.flatMap((line) => [at(line, ends), at(line, transitId)]),
  );
  const idOf = (line: TransferLine | undefined, locationId: string): string =>
    (line && levels.get(placeKey(at(line, locationId)))?.id) ?? '';
  return {
    transfer,
    lines,
    levels,
    sourceOf: (line) => idOf(line, transfer.fromLocationId),
    transitOf: (line) => idOf(line, transitId),
    targetOf: (line) => idOf(line, transfer.toLocationId),
  };
}

function at({ itemId, lotId }: TransferLine, locationId: string): Place {
  return { itemId, lotId, locationId };
}
