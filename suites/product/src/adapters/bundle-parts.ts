import { parseMicros } from '@ashlar/kernel/values';
import { type Kysely, sql } from 'kysely';
import type { BundleComponent } from '../domain/bundle-availability.ts';
import type { VariantId } from '../domain/ids.ts';
import type { ProductTables } from './tables.ts';

/** What each of these bundles takes in the end, bundles in it taken apart, with what there is of it. */
export async function bundleParts(
  db: Kysely<ProductTables>,
  bundles: readonly VariantId[],
): Promise<ReadonlyMap<VariantId, readonly BundleComponent[]>> {
  if (bundles.length === 0) return new Map();
  const { rows } = await sql<{ bundle: VariantId; quantity: string; available: string | null }>`
    with recursive parts (bundle, component, quantity) as (
      select c.bundle_id, c.component_id, c.quantity::numeric from product.bundle_components c
      where c.bundle_id = any (${bundles}::uuid[]) and not c.optional
      union all
      select p.bundle, c.component_id, p.quantity * c.quantity
      from parts p join product.bundle_components c on c.bundle_id = p.component
      where not c.optional
    ),
    leaves as (
      select bundle, component, sum(quantity) as quantity from parts p
      where not exists (select from product.bundle_components c where c.bundle_id = p.component)
      group by bundle, component
    )
    select l.bundle, round(l.quantity, 6)::text as quantity,
      (select sum(s.available) filter (where s.pickable)::text from product.stock s where s.variant_id = l.component) as available
    from leaves l
  `.execute(db);
  const parts = rows.map(({ bundle, quantity, available }) => ({
    bundle,
    part: {
      micros: parseMicros(quantity),
      optional: false,
      availableMicros: available === null ? null : parseMicros(available),
    },
  }));
  return new Map(
    [...Map.groupBy(parts, ({ bundle }) => bundle)].map(([bundle, own]) => [bundle, own.map(({ part }) => part)]),
  );
}
