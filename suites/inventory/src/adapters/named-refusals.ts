import { type AshlarError, commonErrors } from '@ashlar/kernel';
import { inventoryErrors } from '../domain/inventory-errors.ts';

const BY_CONSTRAINT: Readonly<Record<string, () => AshlarError>> = {
  items_sku_idx: () => inventoryErrors.codeTaken({ code: 'sku' }),
  warehouse_code_taken: () => inventoryErrors.codeTaken({ code: 'warehouse' }),
  location_code_taken: () => inventoryErrors.codeTaken({ code: 'location' }),
  lot_code_taken: () => inventoryErrors.codeTaken({ code: 'lot' }),
  frozen_field: () => inventoryErrors.frozenField({ id: 'item' }),
  already_reversed: () => inventoryErrors.alreadyReversed({ id: 'document' }),
  already_reversed_entry: () => inventoryErrors.alreadyReversed({ id: 'document' }),
  count_open_elsewhere: () => inventoryErrors.countOpenElsewhere({ location: 'asked for' }),
  serial_elsewhere: () => inventoryErrors.serialMovedOn(),
  lot_as_tracked: () => inventoryErrors.lotRequired({ line: 'of the command', sku: 'the item' }),
};

/** Runs a write, and says in the words of the suite what one of the database's own rules refused. */
export async function namingRefusals<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    const { code, constraint } = error as { code?: unknown; constraint?: unknown };
    const named = typeof constraint === 'string' ? BY_CONSTRAINT[constraint] : undefined;
    if (named !== undefined) throw Object.assign(named(), { cause: error });
    // A foreign key of ours always holds the organisation too: what is another's is not there.
    if (code === '23503') throw Object.assign(commonErrors.notFound({ what: 'row', id: String(constraint) }), { cause: error });
    throw error;
  }
}
