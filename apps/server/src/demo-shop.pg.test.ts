import { createHash } from 'node:crypto';
import { createUseCases, fillDemo, type UseCases } from '@ashlar/handlers';
import { createSuiteProject, proofSize, SECRET_KEY, type SuiteProject } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { suites } from './suites.ts';

/** A tenth of what the shop offers in every test run, all of it at full length. */
const ONE_IN = proofSize('demo-shop', { short: 10, full: 1 });
/** Commands of a filling in which a process dies, at most. */
const COMMANDS = proofSize('demo-shop', { short: 250, full: 700 });

const fill = (shop: SuiteProject, useCases: UseCases) =>
  fillDemo(useCases, suites, { database: shop.test.database, caller: SECRET_KEY, via: 'test', oneIn: ONE_IN });

/** Everything the shop holds, in words that are the same wherever it was filled. */
async function pictureOf(shop: SuiteProject): Promise<Record<string, unknown>> {
  const ask = async (name: string, text: string) => [name, await shop.test.sql(text)] as const;
  return Object.fromEntries([
    await ask(
      'variants',
      `select v.sku, v.status, v.title, v.choices, v.search_text, p.type, p.status as product, p.slug, p.brand,
              p.tax_category, p.tracking, p.base_uom,
              array(select b.code || ' ' || b.symbology || ' ' || b.pack_qty from product.barcodes b
                    where b.variant_id = v.id order by 1) as codes,
              array(select l.code || ' ' || r.min_qty || ' ' || r.unit_price from product.prices r
                    join product.price_lists l on l.id = r.list_id where r.variant_id = v.id order by 1) as prices,
              array(select c.slug from product.product_categories pc join product.categories c on c.id = pc.category_id
                    where pc.product_id = p.id order by 1) as categories,
              array(select w.sku || ' ' || bc.quantity from product.bundle_components bc
                    join product.variants w on w.id = bc.component_id where bc.bundle_id = v.id order by 1) as parts
         from product.variants v join product.products p on p.id = v.product_id order by v.sku`,
    ),
    await ask(
      'levels',
      `select i.sku, l.code as place, lot.code as lot, s.on_hand, s.reserved, s.value
         from inventory.stock_levels s join inventory.items i on i.id = s.item_id
         join inventory.locations l on l.id = s.location_id left join inventory.lots lot on lot.id = s.lot_id
        order by 1, 2, 3`,
    ),
    await ask(
      'ledger',
      `select d.kind, d.branch, d.number, d.posting_date - min(d.posting_date) over () as day, e.line_no, i.sku,
              l.code as place, e.qty_delta
         from inventory.stock_ledger e join inventory.documents d on d.id = e.document_id
         join inventory.stock_levels s on s.id = e.level_id join inventory.items i on i.id = s.item_id
         join inventory.locations l on l.id = s.location_id
        order by d.kind, d.branch, d.number, e.line_no, e.qty_delta, i.sku`,
    ),
    await ask('holds', `select state, qty, source_id from inventory.reservations order by source_id, line_no, qty`),
    await ask('transfers', `select state, count(*) from inventory.transfers group by 1 order by 1`),
    await ask('counts', `select state, count(*) from inventory.counts group by 1 order by 1`),
    await ask('serials', `select code, status from inventory.serials order by code`),
    await ask('audit', `select use_case, count(*) from suites.audit group by 1 order by 1`),
    await ask('events', `select type, count(*) from events.log group by 1 order by 1`),
  ]);
}

/** Dies, as a process would, before or after one of its commands: some are done and nobody heard of it. */
function mortal(useCases: UseCases, seed: string): UseCases {
  let left = createHash('sha256').update(seed).digest().readUInt16BE() % COMMANDS;
  const isHeard = left % 2 === 0;
  return {
    ...useCases,
    async invoke(name, input, invocation) {
      left -= 1;
      if (left < 0 && isHeard) throw new Error('killed');
      const outcome = await useCases.invoke(name, input, invocation);
      if (left < 0) throw new Error('killed');
      return outcome;
    },
  };
}

/** What somebody who looks at the shop finds. */
async function expectShop({ test: { sql, database } }: SuiteProject, useCases: UseCases): Promise<void> {
  const [found] = await sql<Record<string, number>>(
    `select (select count(*)::int from product.products where status = 'active' and title ? 'en' and title ? 'ar') as products,
            (select count(distinct l.currency)::int from product.price_lists l) as currencies,
            (select count(*)::int from product.products where type = 'bundle' and status = 'active') as bundles,
            (select count(*)::int from product.options) as options,
            (select count(distinct tracking)::int from inventory.items) as trackings,
            (select count(*)::int from inventory.locations where kind = 'internal') as places,
            (select count(distinct kind)::int from inventory.documents) as kinds,
            (select count(distinct state)::int from inventory.reservations) as fates,
            (select count(distinct posting_date)::int from inventory.documents) as days`,
  );
  expect(found).toMatchObject({ currencies: 2, trackings: 3, places: 3, kinds: 7, fates: 3 });
  expect(found?.['products']).toBeGreaterThanOrEqual(200 / ONE_IN);
  expect(found?.['bundles']).toBeGreaterThanOrEqual(10 / ONE_IN);
  expect(found?.['options']).toBeGreaterThan(20 / ONE_IN);
  expect(found?.['days']).toBeGreaterThan(40);
  const checked = await useCases.invoke(
    'inventory.check-stock',
    {},
    {
      database,
      caller: SECRET_KEY,
      via: 'test',
      requestId: 'check',
    },
  );
  expect(checked.output).toMatchObject({ drifts: [] });
}

test(
  'a demonstration shop that was cut off and filled again is the one that was filled at once',
  { timeout: 300_000 },
  async () => {
    await using whole = await createSuiteProject({ suites });
    const useCases = createUseCases({ suites });
    expect(await fill(whole, useCases)).toEqual(['product', 'inventory']);
    const picture = await pictureOf(whole);

    // Days later, with the answers of a day swept: the keys of its steps are for good.
    await whole.test.sql(`update suites.answers set created_at = now() - interval '9 days'`);
    await whole.test.sql('select suites.sweep_answers()');
    await fill(whole, useCases);
    expect(await pictureOf(whole)).toEqual(picture);

    await using cut = await createSuiteProject({ suites });
    for (const seed of ['first', 'second']) {
      await expect(fill(cut, mortal(useCases, seed))).rejects.toThrow('killed');
    }
    await fill(cut, useCases);
    expect(await pictureOf(cut)).toEqual(picture);
    await expectShop(cut, useCases);
  },
);
