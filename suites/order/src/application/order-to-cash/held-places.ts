import type { DomainEvent } from '@ashlar/kernel';
import { microsText, parseMicros } from '@ashlar/kernel/values';
import { z } from 'zod';
import type { CashState, HeldLine } from './cash-state.ts';

const Size = z.object({ value: z.string(), uom: z.string() });
const Place = z.object({
  line: z.int(),
  itemId: z.string(),
  locationId: z.string(),
  lotId: z.string().nullable(),
});
const nothing = { value: '0', uom: '' };
const HeldPlaces = z.object({
  id: z.string(),
  held: z.array(Place.extend({ quantity: Size, backordered: Size.default(nothing) })),
});
const Covered = z.object({ holdId: z.string(), lines: z.array(Place.extend({ backordered: Size })) });

type Placed = z.output<typeof Place>;
const placeOf = (holdId: string, { line, locationId, lotId }: Placed | HeldLine): string =>
  `${holdId}/${line}/${locationId}/${lotId ?? ''}`;

const least = (one: string, other: string | undefined): string =>
  other === undefined || parseMicros(one) < parseMicros(other) ? one : other;

/** What the stock holds, by line of the order; what was told of it before counts. */
function heldLines(state: CashState, output: unknown): { readonly id: string; readonly lines: readonly HeldLine[] } {
  const { id, held } = HeldPlaces.parse(output);
  return {
    id,
    lines: held.map(({ quantity, backordered, ...place }) => ({
      ...place,
      left: quantity.value,
      promised: least(backordered.value, state.promised[placeOf(id, place)]),
      uom: quantity.uom,
    })),
  };
}

/** Something was held: for the order at first, or for what is added to it. */
export function placeHeld(state: CashState, output: unknown): CashState {
  const { id, lines } = heldLines(state, output);
  return { ...state, hold: { id, lines: [...(state.hold?.lines ?? []), ...lines] } };
}

/** Something was given up: of the lines that are named, this is left. */
export function shrinkHeld(state: CashState, named: readonly number[], output: unknown): CashState {
  if (state.hold === null) return state;
  const others = state.hold.lines.filter(({ line }) => !named.includes(line));
  return { ...state, hold: { ...state.hold, lines: [...others, ...heldLines(state, output).lines] } };
}

/** Something that was promised has come. What is still to come only becomes less, so hearing it late or twice is no harm. */
export function coverPlaces(state: CashState, event: DomainEvent): CashState {
  const { holdId, lines } = Covered.parse(event.data);
  const promised = { ...state.promised };
  for (const { backordered, ...place } of lines) {
    const key = placeOf(holdId, place);
    promised[key] = least(backordered.value, promised[key]);
  }
  const { hold } = state;
  if (hold === null || hold.id !== holdId) return { ...state, promised };
  const after = hold.lines.map((held) => ({
    ...held,
    promised: least(held.promised, promised[placeOf(holdId, held)]),
  }));
  const isNew = after.some((held, index) => held.promised !== hold.lines[index]?.promised);
  return { ...state, promised, hold: { ...hold, lines: after }, coverings: state.coverings + (isNew ? 1 : 0) };
}

/** What of each line is held, and what of that is still to come. */
export function heldByLine({
  hold,
}: CashState): ReadonlyMap<number, { readonly left: bigint; readonly promised: bigint; readonly uom: string }> {
  const sums = new Map<number, { left: bigint; promised: bigint; uom: string }>();
  for (const { line, left, promised, uom } of hold?.lines ?? []) {
    const known = sums.get(line) ?? { left: 0n, promised: 0n, uom };
    sums.set(line, { left: known.left + parseMicros(left), promised: known.promised + parseMicros(promised), uom });
  }
  return sums;
}

/** As the order takes it down. */
export function promisedByLine(
  state: CashState,
  lines: readonly number[],
): { readonly line: number; readonly quantity: string }[] {
  const held = heldByLine(state);
  return lines.map((line) => ({ line, quantity: microsText(held.get(line)?.promised ?? 0n) }));
}
