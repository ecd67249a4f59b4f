import { type CommandContext, must } from '@ashlar/kernel';
import { sql } from 'kysely';
import type { Item } from '../domain/entered-quantity.ts';
import { SerialId } from '../domain/ids.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import type { InventoryDb, InventoryTables } from './tables.ts';

interface LineWithSerials {
  readonly lineNo: number;
  readonly item: Item;
  /** Base units. */
  readonly micros: bigint;
  readonly serials?: readonly string[] | undefined;
}

/** Ids of the serials that come in with each line; a code that is in stock already is refused. */
export async function enterSerials(
  { db, newId }: Pick<CommandContext<InventoryTables>, 'db' | 'newId'>,
  lines: readonly LineWithSerials[],
): Promise<readonly (readonly string[])[]> {
  const codes = codesOf(lines);
  if (codes.length === 0) return lines.map(() => []);
  await db
    .insertInto('inventory.serials')
    .values(codes.map(({ item, code }) => ({ id: newId(SerialId), item_id: item.id, code })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const found = await findSerials(db, codes);
  const present = codes.find(({ item, code }) => found.get(`${item.id}/${code}`)?.levelId !== null);
  if (present !== undefined) throw inventoryErrors.serialDuplicate({ code: present.code });
  return idsByLine(lines, found);
}

/** Ids of the serials that leave with each line. `levelOf` says where those of a line have to be. */
export async function leaveSerials(
  db: InventoryDb,
  lines: readonly LineWithSerials[],
  levelOf: (lineNo: number) => string,
): Promise<readonly (readonly string[])[]> {
  const codes = codesOf(lines);
  if (codes.length === 0) return lines.map(() => []);
  const found = await findSerials(db, codes);
  const absent = codes.find(({ item, code, lineNo }) => found.get(`${item.id}/${code}`)?.levelId !== levelOf(lineNo));
  if (absent !== undefined) throw inventoryErrors.serialUnknown({ code: absent.code });
  return idsByLine(lines, found);
}

/** Which pieces at the level of each line its codes leave out, and which codes are not at it. */
export async function compareSerials(
  db: InventoryDb,
  lines: readonly LineWithSerials[],
  levelOf: (lineNo: number) => string,
): Promise<readonly { readonly missing: readonly string[]; readonly found: readonly string[] }[]> {
  const codes = codesOf(lines);
  const levelIds = lines.flatMap(({ item, lineNo }) => (item.tracking === 'serial' ? [levelOf(lineNo)] : []));
  const there = await serialsAt(db, levelIds);
  return lines.map(({ lineNo, item }) => {
    if (item.tracking !== 'serial') return { missing: [], found: [] };
    const here = there.filter(({ levelId }) => levelId === levelOf(lineNo));
    const counted = new Set(codes.filter((one) => one.lineNo === lineNo).map(({ code }) => code));
    const known = new Set(here.map(({ code }) => code));
    return {
      missing: here.filter(({ code }) => !counted.has(code)).map(({ id }) => id),
      found: [...counted].filter((code) => !known.has(code)),
    };
  });
}

/** The serials at these levels now. */
export async function serialsAt(
  db: InventoryDb,
  levelIds: readonly string[],
): Promise<readonly { readonly id: string; readonly code: string; readonly levelId: string }[]> {
  if (levelIds.length === 0) return [];
  const rows = await db
    .selectFrom('inventory.serials')
    .select(['id', 'code', 'level_id'])
    .where(sql<boolean>`level_id = any(${[...levelIds]}::bigint[])`)
    .orderBy('code')
    .execute();
  return rows.map(({ id, code, level_id }) => ({ id, code, levelId: String(level_id) }));
}

type Found = ReadonlyMap<string, { readonly id: string; readonly levelId: string | null }>;

function codesOf(lines: readonly LineWithSerials[]): readonly { item: Item; code: string; lineNo: number }[] {
  const seen = new Set<string>();
  return lines.flatMap(({ lineNo, item, micros, serials = [] }) => {
    const wanted = item.tracking === 'serial' ? micros / 1_000_000n : 0n;
    if (BigInt(serials.length) !== wanted) {
      throw inventoryErrors.serialCountDiffers({ line: lineNo, quantity: wanted.toString(), serials: serials.length });
    }
    return serials.map((code) => {
      if (seen.has(`${item.id}/${code}`)) throw inventoryErrors.serialDuplicate({ code });
      seen.add(`${item.id}/${code}`);
      return { item, code, lineNo };
    });
  });
}

async function findSerials(
  db: InventoryDb,
  codes: readonly { readonly item: Item; readonly code: string }[],
): Promise<Found> {
  const rows = await db
    .selectFrom('inventory.serials')
    .select(['id', 'item_id', 'code', 'level_id'])
    .where('item_id', 'in', [...new Set(codes.map(({ item }) => item.id))])
    .where('code', 'in', [...new Set(codes.map(({ code }) => code))])
    .execute();
  return new Map(
    rows.map((row) => [`${row.item_id}/${row.code}`, { id: row.id, levelId: row.level_id?.toString() ?? null }]),
  );
}

function idsByLine(lines: readonly LineWithSerials[], found: Found): readonly (readonly string[])[] {
  return lines.map(({ item, serials = [] }) =>
    serials.map((code) => must(found.get(`${item.id}/${code}`), 'it was looked up just now').id),
  );
}
