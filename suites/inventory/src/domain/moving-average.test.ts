import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issueStock } from './issue-stock.ts';
import { receiveStock } from './receive-stock.ts';
import { reverseDocument } from './reverse-document.ts';
import { type Movement, move, type StockLevel } from './stock-level.ts';

const PIECE = 1_000_000n;
const empty: StockLevel = {
  id: '1',
  itemId: 'item',
  locationId: 'shelf',
  lotId: null,
  onHand: 0n,
  reserved: 0n,
  backordered: 0n,
  valueMinor: 0n,
  lastCost: 0n,
  allowNegative: false,
  blocked: false,
};
const entered = { micros: PIECE, uom: 'pcs' };

function movementsOf(decision: ReturnType<typeof receiveStock>): readonly Movement[] {
  if (!decision.accepted) throw decision.error;
  return decision.events;
}
/** The level after a receipt of so many pieces for so much, or after an issue of so many. */
function after(
  level: StockLevel,
  pieces: bigint,
  totalMinor?: bigint,
): { level: StockLevel; movements: readonly Movement[] } {
  const line = { lineNo: 1, levelId: '1', quantity: pieces * PIECE, entered, serialIds: [] };
  const levels = new Map([['1', level]]);
  const movements = movementsOf(
    totalMinor === undefined
      ? issueStock(levels, [{ ...line, fromHold: 0n }])
      : receiveStock(levels, [{ ...line, totalMinor }]),
  );
  return { level: movements.reduce(move, level), movements };
}
const costOf = (movements: readonly Movement[]): bigint =>
  movements.reduce((sum, { valueMinor }) => sum - valueMinor, 0n);

describe('the moving average', () => {
  test('3 for 10.00, issued one by one, cost 3.33, 3.34 and 3.33', () => {
    let { level } = after(empty, 3n, 1000n);
    const costs = [1, 2, 3].map(() => {
      const issued = after(level, 1n);
      ({ level } = issued);
      return costOf(issued.movements);
    });
    expect(costs).toEqual([333n, 334n, 333n]);
    expect(level).toMatchObject({ onHand: 0n, valueMinor: 0n });
  });

  test('8 of 10 at 5.00 and 5 at 6.50 cost 44.00 and leave 7 worth 38.50', () => {
    const stocked = after(after(empty, 10n, 5000n).level, 5n, 3250n).level;
    const { level, movements } = after(stocked, 8n);
    expect(costOf(movements)).toBe(4400n);
    expect(level).toMatchObject({ onHand: 7n * PIECE, valueMinor: 3850n });
  });

  test('what was sold before it was bought is settled by the next receipt, and the difference is variance', () => {
    const short = after({ ...after(empty, 1n, 500n).level, allowNegative: true }, 3n).level;
    expect(short).toMatchObject({ onHand: -2n * PIECE, valueMinor: -1000n });
    const { level, movements } = after(short, 5n, 3000n);
    expect(level).toMatchObject({ onHand: 3n * PIECE, valueMinor: 1800n });
    expect(movements[0]).toMatchObject({ valueMinor: 2800n, varianceMinor: 200n });
  });

  test('a reversal takes the original cost back; what has left of it becomes variance', () => {
    const first = after(empty, 10n, 5000n);
    const second = after(first.level, 10n, 7000n);
    const left = after(second.level, 10n).level;
    const entries = second.movements.map((movement) => ({ ...movement, seq: '2' }));
    const [movement] = movementsOf(reverseDocument(new Map([['1', left]]), entries));
    expect(movement).toMatchObject({
      quantity: -10n * PIECE,
      valueMinor: -6000n,
      varianceMinor: -1000n,
      reverses: '2',
    });
  });
});

test('nothing on hand is worth nothing, and no value is lost, whatever comes and goes', () => {
  const step = fc.record({ pieces: fc.bigInt(1n, 50n), totalMinor: fc.option(fc.bigInt(0n, 100_000n)) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let level: StockLevel = { ...empty, allowNegative: true };
      let balance = 0n;
      for (const { pieces, totalMinor } of steps) {
        const done = after(level, pieces, totalMinor ?? undefined);
        ({ level } = done);
        balance += done.movements.reduce((sum, { valueMinor, varianceMinor }) => sum + valueMinor + varianceMinor, 0n);
        balance -= totalMinor ?? -costOf(done.movements);
        expect(level.onHand === 0n ? level.valueMinor : 0n).toBe(0n);
        expect(balance).toBe(0n);
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});
