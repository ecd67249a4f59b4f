import type { Purpose } from './chart-of-accounts.ts';
import type { Entry } from './posting.ts';

/** `returned`: a customer's, so that nobody is owed anything for it and less was sold. */
export type StockMove = 'received' | 'returned' | 'issued' | 'adjusted' | 'transferred';

const AGAINST: Readonly<Record<StockMove, Purpose>> = {
  received: 'goods_received',
  returned: 'cost_of_goods',
  issued: 'cost_of_goods',
  adjusted: 'stock_adjustments',
  transferred: 'stock_adjustments',
};

/** What a move of stock does to the books: what the inventory is worth more, something else is worth less. */
export function entriesOfStock(move: StockMove, valueMinor: bigint): Entry[] {
  return [
    { purpose: 'inventory', amountMinor: valueMinor },
    { purpose: AGAINST[move], amountMinor: -valueMinor },
  ];
}
