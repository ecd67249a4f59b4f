import { percent } from '@ashlar/kernel/values';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPromotions, type CountedLine, type Shipment } from './apply-promotions.ts';
import type { Promotion } from './promotion.ts';

const MICROS = 1_000_000n;
const line = (lineNo: number, pieces: number, cents: number, more: Partial<CountedLine> = {}): CountedLine => ({
  lineNo,
  variantId: `variant-${lineNo}`,
  productId: `product-${lineNo}`,
  categoryIds: [],
  micros: BigInt(pieces) * MICROS,
  unitMinorMicros: BigInt(cents) * MICROS,
  amountMinor: BigInt(pieces * cents),
  ...more,
});
const promotion = (more: Partial<Promotion>): Promotion => ({
  id: 'a',
  title: { en: 'Off' },
  type: 'percent',
  percent: null,
  amountMinor: null,
  buy: null,
  get: null,
  currency: 'USD',
  minimumMinor: null,
  rules: {},
  stackable: true,
  priority: 100,
  status: 'active',
  validFrom: null,
  validTo: null,
  budgetMinor: null,
  spentMinor: 0n,
  usageLimit: null,
  used: 0,
  perCustomerLimit: null,
  usedByCustomer: 0,
  coupon: null,
  ...more,
});
const off = (share: string, more: Partial<Promotion> = {}) => promotion({ percent: percent(share), ...more });
const fixed = (cents: number, more: Partial<Promotion> = {}) =>
  promotion({ type: 'fixed', amountMinor: BigInt(cents), ...more });
const pieces = (buy: number, get: number, share = '100') =>
  promotion({ type: 'buy_x_get_y', buy, get, percent: percent(share) });
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, one) => total + one, 0n);
const byLine = (lines: readonly CountedLine[], promotions: readonly Promotion[], shipment: Shipment | null = null) => {
  const { taken } = applyPromotions(lines, shipment, promotions);
  return Object.fromEntries(
    [...Map.groupBy(taken, ({ lineNo }) => lineNo)].map(([no, of]) => [
      no,
      Number(sum(of.map(({ amountMinor }) => amountMinor))),
    ]),
  );
};

test('an amount is spread over the lines by largest remainder, and is never more than they come to', () => {
  expect(byLine([line(1, 1, 2000), line(2, 1, 1500), line(3, 1, 1300)], [fixed(1000)])).toEqual({
    1: 417,
    2: 312,
    3: 271,
  });
  expect(byLine([line(1, 1, 100), line(2, 1, 50)], [fixed(10_000)])).toEqual({ 1: 100, 2: 50 });
});

test('a percentage is rounded once for all it is for', () => {
  expect(byLine([line(1, 1, 5), line(2, 1, 5), line(3, 1, 5)], [off('10')])).toEqual({ 1: 1, 2: 1 });
});

test('of so many that are bought so many are given, the cheapest first', () => {
  const lines = [line(1, 2, 500), line(2, 2, 300), line(3, 2, 900)];
  expect(byLine(lines, [pieces(2, 1)])).toEqual({ 2: 600 });
  expect(byLine(lines, [pieces(1, 1)])).toEqual({ 2: 600, 1: 500 });
  expect(byLine(lines, [pieces(2, 1, '50')])).toEqual({ 2: 300 });
  expect(byLine([line(1, 2, 500)], [pieces(2, 1)])).toEqual({});
});

test('goods are those of a variant, a product or a category, and nothing else is discounted', () => {
  const lines = [line(1, 1, 100), line(2, 1, 100, { categoryIds: ['toys'] }), line(3, 1, 100)];
  expect(byLine(lines, [off('50', { rules: { categories: ['toys'] } })])).toEqual({ 2: 50 });
  expect(byLine(lines, [off('50', { rules: { variants: ['variant-1'], products: ['product-3'] } })])).toEqual({
    1: 50,
    3: 50,
  });
  expect(byLine(lines, [off('50', { rules: { products: ['other'] } })])).toEqual({});
});

test('a minimum is asked of what the promotion is for, before discounts', () => {
  const lines = [line(1, 1, 400), line(2, 1, 600)];
  expect(byLine(lines, [off('10', { minimumMinor: 1000n })])).toEqual({ 1: 40, 2: 60 });
  expect(byLine(lines, [off('10', { minimumMinor: 1000n, rules: { products: ['product-2'] } })])).toEqual({});
  const twice = [off('50', { id: 'a', priority: 1 }), off('10', { id: 'b', minimumMinor: 1000n })];
  expect(byLine(lines, twice)).toEqual({ 1: 220, 2: 330 });
});

test('a budget gives all of a discount or none of it', () => {
  const lines = [line(1, 1, 1000)];
  expect(byLine(lines, [off('10', { budgetMinor: 500n, spentMinor: 400n })])).toEqual({ 1: 100 });
  const { taken, states } = applyPromotions(lines, null, [off('10', { budgetMinor: 500n, spentMinor: 401n })]);
  expect(taken).toEqual([]);
  expect(states.get('a')).toBe('usage_exhausted');
});

test('what does not stack is applied alone, and the customer gets what takes most off', () => {
  const lines = [line(1, 1, 1000)];
  const small = [off('10', { id: 'a' }), fixed(50, { id: 'b' })];
  const large = off('20', { id: 'c', stackable: false });
  expect(byLine(lines, [...small, large])).toEqual({ 1: 200 });
  const { states } = applyPromotions(lines, null, [...small, large]);
  expect(Object.fromEntries(states)).toEqual({ a: 'not_stackable', b: 'not_stackable', c: 'applied' });
  expect(byLine(lines, [...small, off('15', { id: 'c', stackable: false })])).toEqual({ 1: 150 });
  expect(applyPromotions(lines, null, [...small, off('15', { id: 'c', stackable: false })]).states.get('c')).toBe(
    'not_stackable',
  );
});

test('one for the shipping waits until there is some', () => {
  const free = promotion({ type: 'shipping', percent: percent('100') });
  expect(applyPromotions([line(1, 1, 100)], null, [free]).states.get('a')).toBe('waiting');
  expect(byLine([line(1, 1, 100)], [free], { lineNo: 9, amountMinor: 500n })).toEqual({ 9: 500 });
});

const lines = fc.uniqueArray(
  fc.record({
    lineNo: fc.integer({ min: 1, max: 40 }),
    pieces: fc.integer({ min: 1, max: 9 }),
    cents: fc.integer({ min: 0, max: 999 }),
    category: fc.constantFrom('toys', 'books'),
  }),
  { minLength: 1, maxLength: 12, selector: ({ lineNo }) => lineNo },
);
const promotions = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 60 }).map(String),
    kind: fc.constantFrom('percent', 'fixed', 'pieces', 'shipping'),
    share: fc.integer({ min: 1, max: 100 }).map(String),
    cents: fc.integer({ min: 1, max: 3000 }),
    stackable: fc.boolean(),
    priority: fc.integer({ min: 0, max: 2 }),
    rules: fc.constantFrom({}, { categories: ['toys'] }, { products: ['product-1', 'product-2'] }),
    minimumMinor: fc.constantFrom(null, 500n, 3000n),
    budgetMinor: fc.constantFrom(null, 300n),
  }),
  { maxLength: 6, selector: ({ id }) => id },
);
const shipments = fc.option(fc.integer({ min: 0, max: 900 }));

test('parts add up, no line is below zero, budgets hold, and no order of lines or promotions matters', () => {
  fc.assert(
    fc.property(lines, promotions, shipments, fc.nat(), (wished, asked, cents, turn) => {
      const counted = wished.map(({ lineNo, pieces: count, cents: each, category }) =>
        line(lineNo, count, each, { categoryIds: [category] }),
      );
      const shipment = cents === null ? null : { lineNo: 100, amountMinor: BigInt(cents) };
      const all = asked.map(({ kind, share, cents: amount, ...terms }) => {
        if (kind === 'fixed') return fixed(amount, terms);
        if (kind === 'pieces') return { ...pieces(2, 1, share), ...terms };
        return { ...off(share, terms), type: kind === 'shipping' ? ('shipping' as const) : ('percent' as const) };
      });
      const applied = applyPromotions(counted, shipment, all);
      const rotate = <Item>(items: readonly Item[]): readonly Item[] => {
        const by = turn % Math.max(1, items.length);
        return [...items.slice(by), ...items.slice(0, by)].toReversed();
      };
      expect(applyPromotions(rotate(counted), shipment, rotate(all))).toEqual(applied);
      const { taken, states } = applied;
      expect(taken.every(({ amountMinor }) => amountMinor > 0n)).toBe(true);
      for (const { lineNo, amountMinor } of [...counted, ...(shipment === null ? [] : [shipment])]) {
        const gone = sum(taken.filter((one) => one.lineNo === lineNo).map((one) => one.amountMinor));
        expect(gone <= amountMinor).toBe(true);
      }
      for (const { id, budgetMinor, stackable, type, amountMinor } of all) {
        const given = sum(taken.filter((one) => one.promotionId === id).map((one) => one.amountMinor));
        expect(given > 0n).toBe(states.get(id) === 'applied');
        if (budgetMinor !== null) expect(given <= budgetMinor).toBe(true);
        if (type === 'fixed') expect(given <= (amountMinor ?? 0n)).toBe(true);
        // Alone or not at all.
        if (!stackable && given > 0n) expect(taken.every(({ promotionId }) => promotionId === id)).toBe(true);
      }
      // Nobody would have had more of any of them alone.
      for (const one of all.filter(({ stackable }) => !stackable)) {
        const alone = sum(applyPromotions(counted, shipment, [one]).taken.map(({ amountMinor }) => amountMinor));
        expect(alone <= sum(taken.map(({ amountMinor }) => amountMinor))).toBe(true);
      }
    }),
    { numRuns: 400, seed: 7 },
  );
});
