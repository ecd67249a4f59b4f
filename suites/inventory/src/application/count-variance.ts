import type { CountLine } from '../adapters/counts.ts';
import { enterSerials, serialsAt } from '../adapters/serials.ts';
import type { AdjustmentLine } from '../domain/adjust-stock.ts';
import { varianceOf, varianceOfPieces } from '../domain/count-stock.ts';
import type { Item } from '../domain/entered-quantity.ts';
import type { InventoryContext } from './posting.ts';

/** A line of a count with its item and the level it is about, which is locked. */
export interface LineToApprove extends CountLine {
  readonly item: Item;
  readonly levelId: string;
}

const PIECE = 1_000_000n;

/** What a count corrects. A piece that was missing and has left since is gone already; one found and received since is there. */
export async function countVariance(
  context: InventoryContext,
  lines: readonly LineToApprove[],
): Promise<readonly AdjustmentLine[]> {
  const [named, plain] = [lines.filter(isBySerial), lines.filter((line) => !isBySerial(line))];
  const variance = varianceOf(plain);
  if (named.length === 0) return variance;
  const here = await serialsAt(
    context.db,
    named.map(({ levelId }) => levelId),
  );
  const isHere = (levelId: string, key: 'id' | 'code', value: string): boolean =>
    here.some((serial) => serial.levelId === levelId && serial[key] === value);
  const news = named.map(({ levelId, found }) => found.filter((code) => !isHere(levelId, 'code', code)));
  const entered = await enterSerials(
    context,
    named.map(({ item }, index) => {
      const serials = news[index] ?? [];
      return { lineNo: index + 1, item, micros: BigInt(serials.length) * PIECE, serials };
    }),
  );
  const pieces = named.map(({ levelId, missing }, index) => ({
    levelId,
    missing: missing.filter((id) => isHere(levelId, 'id', id)),
    found: entered[index] ?? [],
  }));
  return [...variance, ...varianceOfPieces(pieces, lines.length)];
}

function isBySerial({ item }: LineToApprove): boolean {
  return item.tracking === 'serial';
}
