import { randomUUID } from 'node:crypto';
import { SECRET_KEY } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveItemsOfProduct, followVariant } from './application/follow-catalogue.ts';
import { openShop, type Shop } from './inventory.fixture.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop[Symbol.asyncDispose]());

const variant = (more: object = {}) => {
  const variantId: string = randomUUID();
  const rest = { title: { en: 'Thing' }, baseUom: 'pcs', tracking: 'none' as const };
  return { productId: randomUUID() as string, variantId, sku: `F-${variantId}`, ...rest, ...more };
};

/** As the events of an import make it. */
async function followMany(variants: readonly object[]): Promise<void> {
  const { useCases, test: own } = shop.project;
  const { database } = own;
  const invocation = { database, caller: SECRET_KEY, via: 'event', requestId: randomUUID(), trusted: true } as const;
  await database.transaction({ login: 'service', role: 'inventory' }, (tx) =>
    useCases.invokeMany(tx, followVariant.name, variants, invocation),
  );
}

const itemsOf = (variants: readonly { readonly variantId: string }[]) =>
  shop.project.test.sql(
    `select i.sku, i.status, i.product_id, i.whole_units from unnest($1::uuid[]) with ordinality v (id, n)
     join inventory.items i on i.id = v.id order by v.n`,
    [variants.map(({ variantId }) => variantId)],
  );

test('many variants become items at once, as each of them would by itself', async () => {
  const gone = variant();
  await shop.call(archiveItemsOfProduct, { productId: gone.productId });
  const tracked = variant({ variantId: await shop.addItem() });
  const [before] = await itemsOf([tracked]);
  const cloth = variant({ baseUom: 'm' });
  const many = [variant(), gone, tracked, cloth];
  await followMany(many);
  expect(await itemsOf(many)).toEqual([
    { sku: many[0]?.sku, status: 'active', product_id: many[0]?.productId, whole_units: true },
    { sku: gone.sku, status: 'archived', product_id: gone.productId, whole_units: true },
    // Whoever tracked it by hand knew more of it.
    { ...before, product_id: tracked.productId },
    { sku: cloth.sku, status: 'active', product_id: cloth.productId, whole_units: false },
  ]);
});

test('of many of which one has the SKU of another item, none becomes one', async () => {
  const first = variant();
  await shop.call(followVariant, first);
  const many = [variant(), variant({ sku: first.sku.toUpperCase() })];
  await expect(followMany(many)).rejects.toMatchObject({ code: 'inventory.code_taken' });
  expect(await itemsOf(many)).toEqual([]);
});
