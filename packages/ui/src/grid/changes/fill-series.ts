import type { CellValue, FieldType } from '../types/field-type.ts';

/**
 * What the fill handle writes after the given cells: the series goes on where they stand at one distance, else they
 * repeat. A single cell is repeated.
 */
export function fillSeries(from: readonly CellValue[], count: number, type: FieldType): readonly CellValue[] {
  const by = distanceOf(from, type);
  const last = from.at(-1);
  return Array.from({ length: count }, (_, at) => {
    const next = by === undefined || last === undefined || last === null ? undefined : type.step?.(last, by, at + 1);
    return next ?? from[at % from.length] ?? null;
  });
}

function distanceOf(values: readonly CellValue[], type: FieldType): string | undefined {
  if (values.length < 2 || type.distance === undefined || type.step === undefined) return undefined;
  let by: string | undefined;
  for (const [at, value] of values.entries()) {
    if (at === 0) continue;
    const before = values[at - 1];
    if (value === null || before === null || before === undefined) return undefined;
    const distance = safely(() => type.distance?.(before, value));
    if (distance === undefined || (by !== undefined && Number(distance) !== Number(by))) return undefined;
    by ??= distance;
  }
  return by;
}

/** A stored value may be one the type's arithmetic cannot read, such as NaN. */
function safely(ask: () => string | undefined): string | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
