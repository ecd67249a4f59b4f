/** Goods at one place, of one lot. */
export interface PlacedGoods {
  readonly itemId: string;
  readonly warehouse: string;
  readonly locationId: string;
  readonly location: string;
  readonly locationName: Readonly<Record<string, string>>;
  readonly lot: { readonly code: string; readonly expiresOn: string | null } | null;
  readonly serials: readonly string[];
  readonly uom: string;
  /** What may be taken here, in millionths. */
  readonly micros: bigint;
}

/** A line of a parcel that is to be filled. */
export interface LineToFill {
  readonly line: number;
  readonly variantId: string;
  readonly sku: string;
  readonly uom: string;
  readonly micros: bigint;
}

export interface ParcelToFill {
  readonly id: string;
  /** Where it is picked; wherever its goods are held where nothing is said. */
  readonly locationId: string | null;
  readonly lines: readonly LineToFill[];
}

/** One walk to one place. */
export interface Pick extends LineToFill {
  /** Null: nobody knows, or nothing of it is kept anywhere. */
  readonly from: PlacedGoods | null;
}

/**
 * Where each parcel's lines are fetched, in the order of the walk: by warehouse and place, then by SKU. Parcels of one
 * order share what is held for it, and the first ones are filled first, each from its own place before others, as the
 * stock is issued later. What no place has comes last.
 */
export function planPicks(
  parcels: readonly ParcelToFill[],
  goods: readonly PlacedGoods[],
): ReadonlyMap<string, readonly Pick[]> {
  const left = goods.map(({ micros }) => micros);
  const plans = parcels.map(({ id, locationId, lines }) => {
    const picks = lines.flatMap((line): Pick[] => {
      let wanted = line.micros;
      const taken: Pick[] = [];
      const distance = (index: number): number => (goods[index]?.locationId === locationId ? 0 : 1);
      const places = goods
        .keys()
        .filter((index) => goods[index]?.itemId === line.variantId && goods[index].uom === line.uom)
        .toArray()
        .toSorted((one, other) => distance(one) - distance(other) || one - other);
      for (const index of places) {
        const there = left[index] ?? 0n;
        const part = there < wanted ? there : wanted;
        const from = goods[index];
        if (part <= 0n || from === undefined) continue;
        taken.push({ ...line, micros: part, from });
        left[index] = there - part;
        wanted -= part;
      }
      return wanted > 0n ? [...taken, { ...line, micros: wanted, from: null }] : taken;
    });
    return [id, picks.toSorted(byWay)] as const;
  });
  return new Map(plans);
}

/** Shelf 9 stands before shelf 10. */
const codes = new Intl.Collator('en', { numeric: true });

function byWay(one: Pick, other: Pick): number {
  if (one.from === null || other.from === null) {
    return Number(one.from === null) - Number(other.from === null) || one.line - other.line;
  }
  return (
    codes.compare(one.from.warehouse, other.from.warehouse) ||
    codes.compare(one.from.location, other.from.location) ||
    codes.compare(one.sku, other.sku) ||
    codes.compare(one.from.lot?.code ?? '', other.from.lot?.code ?? '')
  );
}
