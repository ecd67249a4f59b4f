import { allocate, type RoundingMode, roundQuotient, shareOf } from '@ashlar/kernel/values';
import type { Promotion, PromotionRefusal, PromotionState, PromotionType } from './promotion.ts';

/** A line as promotions see it. */
export interface CountedLine {
  readonly lineNo: number;
  readonly variantId: string;
  readonly productId: string;
  /** Of its product, with all above them. */
  readonly categoryIds: readonly string[];
  readonly micros: bigint;
  /** Of one, in millionths of a minor unit. */
  readonly unitMinorMicros: bigint;
  /** What the whole line comes to, with or without tax as the prices are. */
  readonly amountMinor: bigint;
}

export interface Shipment {
  readonly lineNo: number;
  readonly amountMinor: bigint;
}

/** What a promotion takes off one line. */
export interface Taken {
  readonly promotionId: string;
  readonly lineNo: number;
  readonly amountMinor: bigint;
}

export interface AppliedPromotions {
  readonly taken: readonly Taken[];
  readonly states: ReadonlyMap<string, PromotionState>;
}

const MICROS = 1_000_000n;
const RANK: Readonly<Record<PromotionType, number>> = { buy_x_get_y: 0, percent: 1, fixed: 2, shipping: 3 };

/** The order in which they are applied: by priority, then pieces given, percents, amounts, shipping, then by id. */
function inOrder(left: Promotion, right: Promotion): number {
  if (left.priority !== right.priority) return left.priority - right.priority;
  if (left.type !== right.type) return RANK[left.type] - RANK[right.type];
  return left.id < right.id ? -1 : 1;
}

/**
 * What promotions take off. Those that stack are applied one after the other, each to what the ones before it left; one
 * that does not stack is applied alone. Of these ways the one that takes most off is taken, the stack where they are
 * equal, then the first in order. Nothing is ever below zero, and the order of lines and promotions does not matter.
 *
 * @param promotions That may be had by whoever asks: see `refusalOf`.
 */
export function applyPromotions(
  lines: readonly CountedLine[],
  shipment: Shipment | null,
  promotions: readonly Promotion[],
  mode?: RoundingMode,
): AppliedPromotions {
  const ordered = promotions.toSorted(inOrder);
  const sorted = lines.toSorted((left, right) => left.lineNo - right.lineNo);
  const stack = ordered.filter(({ stackable }) => stackable);
  const alone = ordered.filter(({ stackable }) => !stackable).map((one) => [one]);
  const ways = [stack, ...alone].map((way) => follow(way, sorted, shipment, mode));
  const best = ways.reduce((most, way) => (way.totalMinor > most.totalMinor ? way : most));
  const states = new Map<string, PromotionState>();
  for (const way of ways) {
    for (const [id, state] of way.states) {
      states.set(id, state === 'applied' && way !== best ? 'not_stackable' : state);
    }
  }
  return { taken: best.taken, states };
}

interface Way extends AppliedPromotions {
  readonly totalMinor: bigint;
}

function follow(
  promotions: readonly Promotion[],
  lines: readonly CountedLine[],
  shipment: Shipment | null,
  mode: RoundingMode | undefined,
): Way {
  const left = new Map(lines.map(({ lineNo, amountMinor }) => [lineNo, amountMinor]));
  if (shipment !== null) left.set(shipment.lineNo, shipment.amountMinor);
  const taken: Taken[] = [];
  const states = new Map<string, PromotionState>();
  for (const promotion of promotions) {
    const { id: promotionId, budgetMinor, spentMinor } = promotion;
    const counted = lines.filter((line) => isFor(promotion, line));
    const refusal = lacks(promotion, counted);
    if (refusal !== null || (promotion.type === 'shipping' && shipment === null)) {
      states.set(promotionId, refusal ?? 'waiting');
      continue;
    }
    const parts = give(promotion, counted, shipment, left, mode).filter(({ amountMinor }) => amountMinor > 0n);
    const totalMinor = sum(parts.map(({ amountMinor }) => amountMinor));
    if (totalMinor === 0n) states.set(promotionId, 'not_eligible');
    // A budget gives all of a discount or none of it.
    else if (budgetMinor !== null && spentMinor + totalMinor > budgetMinor) states.set(promotionId, 'usage_exhausted');
    else {
      states.set(promotionId, 'applied');
      for (const { lineNo, amountMinor } of parts) {
        taken.push({ promotionId, lineNo, amountMinor });
        left.set(lineNo, (left.get(lineNo) ?? 0n) - amountMinor);
      }
    }
  }
  return { taken, states, totalMinor: sum(taken.map(({ amountMinor }) => amountMinor)) };
}

function isFor({ rules }: Promotion, { variantId, productId, categoryIds }: CountedLine): boolean {
  const { variants, products, categories } = rules;
  if (variants === undefined && products === undefined && categories === undefined) return true;
  return (
    variants?.includes(variantId) === true ||
    products?.includes(productId) === true ||
    categoryIds.some((id) => categories?.includes(id) === true)
  );
}

function lacks({ minimumMinor }: Promotion, counted: readonly CountedLine[]): PromotionRefusal | null {
  if (counted.length === 0) return 'not_eligible';
  return minimumMinor !== null && sum(counted.map(({ amountMinor }) => amountMinor)) < minimumMinor
    ? 'not_eligible'
    : null;
}

type Part = Omit<Taken, 'promotionId'>;

function give(
  { type, percent, amountMinor, buy, get }: Promotion,
  counted: readonly CountedLine[],
  shipment: Shipment | null,
  left: ReadonlyMap<number, bigint>,
  mode: RoundingMode | undefined,
): readonly Part[] {
  const ofAll = percent === null ? null : shareOf(percent);
  const on = type === 'shipping' && shipment !== null ? [shipment] : counted;
  const wholeMinor = sum(on.map(({ lineNo }) => left.get(lineNo) ?? 0n));
  if (type === 'buy_x_get_y' && ofAll !== null) {
    return [...piecesGiven(counted, buy ?? 1, get ?? 1)].map(([{ lineNo, micros }, pieces]) => ({
      lineNo,
      amountMinor: roundQuotient(
        (left.get(lineNo) ?? 0n) * pieces * MICROS * ofAll.numerator,
        micros * ofAll.denominator,
        mode,
      ),
    }));
  }
  const wanted = ofAll === null ? (amountMinor ?? 0n) : ofAll.times(wholeMinor).round(mode);
  return spread(
    wanted < wholeMinor ? wanted : wholeMinor,
    on.map(({ lineNo }) => ({ lineNo, amountMinor: left.get(lineNo) ?? 0n })),
  );
}

/** Of so many that are bought so many are given, the cheapest first; of what is sold by weight whole units count. */
function piecesGiven(lines: readonly CountedLine[], buy: number, get: number): ReadonlyMap<CountedLine, bigint> {
  const pieces = sum(lines.map(({ micros }) => micros / MICROS));
  let open = (pieces / BigInt(buy + get)) * BigInt(get);
  const given = new Map<CountedLine, bigint>();
  const cheapest = lines.toSorted(
    (one, other) => Number(one.unitMinorMicros - other.unitMinorMicros) || one.lineNo - other.lineNo,
  );
  for (const line of cheapest) {
    const whole = line.micros / MICROS;
    const taken = whole < open ? whole : open;
    if (taken > 0n) given.set(line, taken);
    open -= taken;
  }
  return given;
}

/** Over lines in proportion to what is left of them: by largest remainder, so that parts add up and none is above its line. */
export function spread(amountMinor: bigint, lines: readonly Part[]): readonly Part[] {
  if (amountMinor === 0n) return [];
  const parts = allocate(
    amountMinor,
    lines.map((line) => line.amountMinor),
  );
  return lines.map(({ lineNo }, index) => ({ lineNo, amountMinor: parts[index] ?? 0n }));
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
