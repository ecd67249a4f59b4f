import { currency, parseMicros, percent, unitPrice } from '@ashlar/kernel/values';
import { expect, test } from 'vitest';
import { figuresOf, type PricedLine } from './invoice-figures.ts';

const usd = currency('USD');
const rules = { prices: 'exclusive', roundingLevel: 'document', cashStepMinor: 1n } as const;
/** Three pieces of 3.33 with 10 %, as parts of seven that came to 23.31 and 2.33. */
const line = (netMinor: bigint, taxMinor: bigint, more: Partial<PricedLine> = {}): PricedLine => ({
  lineNo: 1,
  quantity: { micros: parseMicros('3'), uom: 'pcs' },
  unitPrice: unitPrice('333', usd),
  discountMinor: 0n,
  rates: [{ code: 'VAT', percent: percent('10') }],
  given: { netMinor, taxesMinor: [taxMinor] },
  ...more,
});

test('a line that is part of something whole comes to what is said of it', () => {
  const { given: _given, ...whole } = line(0n, 0n);
  const figures = figuresOf([line(999n, 99n), { ...whole, lineNo: 2 }], rules);
  expect(figures).toMatchObject({
    accepted: true,
    events: [{ lines: [{ taxMinor: 99n }, { taxMinor: 100n }], netMinor: 1998n, taxMinor: 199n, totalMinor: 2197n }],
  });
});

test.each([
  ['more than rounding explains', line(1010n, 101n)],
  ['less than rounding explains', line(990n, 99n)],
  ['another tax', line(999n, 90n)],
  ['no tax where one is asked', line(999n, 0n, { given: { netMinor: 999n, taxesMinor: [] } })],
  ['less than nothing', line(-1n, 0n, { unitPrice: unitPrice('0', usd) })],
  ['the price without its discount', line(999n, 100n, { discountMinor: 100n })],
])('%s is refused', (_what, given) => {
  expect(figuresOf([given], rules)).toMatchObject({ accepted: false, error: { code: 'billing.figures_differ' } });
});
