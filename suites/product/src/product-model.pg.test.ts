import { randomUUID } from 'node:crypto';
import { AshlarError } from '@ashlar/kernel';
import { createSuiteProject, proofSize, type SuiteProject } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addBarcode } from './application/add-barcode.ts';
import { createProduct } from './application/create-product.ts';
import { generateVariants } from './application/generate-variants.ts';
import { getProduct } from './application/get-product.ts';
import { importProducts } from './application/import-products.ts';
import { noteStockMoved } from './application/note-stock-moved.ts';
import { createPriceList } from './application/price-lists.ts';
import { archiveProduct } from './application/publish-product.ts';
import { setBundle } from './application/set-bundle.ts';
import { setPrices } from './application/set-prices.ts';
import { updateProduct } from './application/update-product.ts';
import type { PriceListId, ProductId, VariantId } from './domain/ids.ts';
import { product } from './index.ts';

/** Sequences of commands; after each the rules are asked of the rows anew. */
const SEQUENCES = proofSize('product-model', { short: 15, full: 2000 });

const index = fc.nat(5);
const step = fc.oneof(
  fc.record({ verb: fc.constant('create' as const), sku: index, isBundle: fc.boolean(), isUpper: fc.boolean() }),
  fc.record({ verb: fc.constant('import' as const), sku: index, code: index, price: fc.nat(9) }),
  fc.record({ verb: fc.constant('archive' as const), at: index }),
  fc.record({
    verb: fc.constant('matrix' as const),
    at: index,
    sizes: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ verb: fc.constant('code' as const), at: index, code: index }),
  fc.record({
    verb: fc.constant('price' as const),
    at: index,
    from: fc.array(fc.nat(3), { maxLength: 3 }),
    price: fc.nat(9),
  }),
  fc.record({ verb: fc.constant('hold' as const), at: index, inner: fc.array(index, { maxLength: 2 }) }),
  fc.record({ verb: fc.constant('move' as const), at: index }),
  fc.record({ verb: fc.constant('unit' as const), at: index, uom: fc.constantFrom('pcs', 'kg') }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;
/** Those of one round are sent at once. */
const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 10 });

let shop: SuiteProject;
beforeAll(async () => {
  shop = await createSuiteProject({ suites: [product] });
});
afterAll(() => shop?.[Symbol.asyncDispose]());

interface Made {
  readonly id: ProductId;
  readonly variantId: VariantId;
}

/** One organisation and what was made in it. */
interface World {
  readonly orgId: string;
  readonly listId: PriceListId;
  readonly made: Made[];
  /** Unit of each product when its stock first moved. */
  readonly frozen: Map<ProductId, string>;
}

async function send(one: Step, { orgId, listId, made, frozen }: World): Promise<void> {
  const to = { orgId };
  const at = 'at' in one ? made[one.at % made.length] : undefined;
  if (one.verb === 'create') {
    const sku = `${one.isUpper ? 'SKU' : 'sku'}-${one.sku}`;
    const type = one.isBundle ? ('bundle' as const) : ('goods' as const);
    const { id, variantId } = await shop.call(
      createProduct,
      { type, title: { en: randomUUID() }, variant: { sku } },
      to,
    );
    made.push({ id, variantId: variantId! });
    return;
  }
  if (one.verb === 'import') {
    const row = {
      sku: `sku-${one.sku}`,
      'title.en': `Imported ${one.sku}`,
      barcode: `C${one.code}`,
      'price.usd': `${one.price}`,
    };
    await shop.call(importProducts, { rows: [row] }, to);
    return;
  }
  if (at === undefined) return;
  const { id, variantId } = at;
  if (one.verb === 'archive') await shop.call(archiveProduct, { productId: id }, to);
  else if (one.verb === 'code')
    await shop.call(addBarcode, { variantId, code: `C${one.code}`, symbology: 'code128' }, to);
  else if (one.verb === 'unit') await shop.call(updateProduct, { productId: id, baseUom: one.uom }, to);
  else if (one.verb === 'matrix') {
    const values = one.sizes.map((size) => ({ code: `s${size}`, title: { en: `${size}` } }));
    const options = [{ code: 'size', title: { en: 'Size' }, values }];
    await shop.call(generateVariants, { productId: id, skuPrefix: `m-${id}`, options }, to);
  } else if (one.verb === 'price') {
    const unitPrice = { amount: `${one.price}`, currency: 'USD' };
    const tiers = one.from.map((minQty) => ({ minQty: `${minQty}`, unitPrice }));
    await shop.call(setPrices, { listId, variants: [{ variantId, tiers }] }, to);
  } else if (one.verb === 'hold') {
    const components = one.inner.map((inner) => ({
      variantId: made[inner % made.length]!.variantId,
      quantity: { value: '1', uom: 'pcs' },
    }));
    await shop.call(setBundle, { variantId, components }, to);
  } else {
    await shop.call(noteStockMoved, { variantIds: [variantId] }, to);
    // Whatever comes at the same time, from now on it is this.
    frozen.set(id, frozen.get(id) ?? (await shop.call(getProduct, { productId: id }, to)).baseUom);
  }
}

/** Each finds what breaks one rule; all of them find nothing. */
const BROKEN = {
  'an SKU is of one variant': `select lower(sku) from product.variants where status <> 'archived' and org_id = $1 group by 1 having count(*) > 1`,
  'a code is of one variant': `select code from product.barcodes where org_id = $1 group by 1 having count(*) > 1`,
  'a combination is of one variant': `select product_id, choices from product.variants where status <> 'archived' and org_id = $1 group by 1, 2 having count(*) > 1`,
  'with options, no variant is without': `select v.id from product.variants v join product.options o using (product_id)
    where v.org_id = $1 and v.status <> 'archived' and not v.choices ? o.code`,
  'a piece has one price in a list': `select a.variant_id from product.prices a join product.prices b using (variant_id, list_id)
    where a.org_id = $1 and a.min_qty <> b.min_qty and numrange(a.min_qty, a.max_qty) && numrange(b.min_qty, b.max_qty)`,
  'a bundle is not in itself, nor four levels deep': `with recursive down as (
      select bundle_id as top, component_id as id, 1 as depth from product.bundle_components where org_id = $1
      union select d.top, c.component_id, d.depth + 1 from down d join product.bundle_components c on c.bundle_id = d.id where d.depth < 6)
    select top from down where id = top or depth > 3`,
  'a slug leads to one product that is not archived': `select s.slug from product.slugs s join product.products p on p.id = s.product_id
    where s.org_id = $1 and p.status = 'archived'`,
};

test('whatever is commanded, one after the other or at once, the rules of the catalogue hold', async () => {
  const outcomes = { accepted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(rounds, async (sequence) => {
      const orgId = await shop.addOrganisation(`o-${randomUUID()}`);
      const { id: listId } = await shop.call(createPriceList, { code: 'usd', currency: 'USD' }, { orgId });
      const world: World = { orgId, listId, made: [], frozen: new Map() };
      for (const round of sequence) {
        for (const { status, ...settled } of await Promise.allSettled(round.map((one) => send(one, world)))) {
          outcomes[status === 'fulfilled' ? 'accepted' : 'refused'] += 1;
          const reason: unknown = 'reason' in settled ? settled.reason : undefined;
          if (status === 'fulfilled') continue;
          // A refusal has a code of the catalogue; anything else is a fault.
          if (!(reason instanceof AshlarError) || reason.kind === 'internal') throw reason;
        }
      }
      for (const [rule, sql] of Object.entries(BROKEN)) expect(await shop.test.sql(sql, [orgId]), rule).toEqual([]);
      const units = await shop.test.sql<{ id: ProductId; base_uom: string }>(
        'select id, base_uom from product.products where org_id = $1 and stocked_at is not null',
        [orgId],
      );
      for (const { id, base_uom } of units)
        expect(world.frozen.get(id), 'a unit stays once stock moved').toBe(base_uom);
    }),
    { numRuns: SEQUENCES, ...(SEQUENCES === 15 ? { seed: 20_261 } : {}) },
  );
  expect(outcomes.accepted).toBeGreaterThan(SEQUENCES);
  expect(outcomes.refused).toBeGreaterThan(SEQUENCES / 2);
});
