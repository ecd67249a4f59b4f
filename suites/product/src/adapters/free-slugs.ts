import type { LocalizedText } from '@ashlar/kernel/values';
import { type Kysely, sql } from 'kysely';
import type { ProductId } from '../domain/ids.ts';
import { slugChoices } from '../domain/slug.ts';
import type { ProductTables } from './tables.ts';

/**
 * The slugs a product can have: those of its title where they lead nowhere yet, else with what sets them apart. What is
 * made of one title at once waits here for each other.
 */
export async function freeSlugs(
  db: Kysely<ProductTables>,
  {
    productId,
    orgId,
    wanted,
  }: { readonly productId: ProductId; readonly orgId: string; readonly wanted: LocalizedText },
): Promise<LocalizedText> {
  const choices = Object.entries(wanted).map(([locale, slug]) => [locale, slugChoices(slug, productId)] as const);
  const locks = [...new Set(Object.values(wanted))].toSorted();
  const [, { rows }] = await Promise.all([
    // Sorted, so that two that share several of them do not wait for each other crosswise.
    sql`
      select pg_advisory_xact_lock(hashtextextended(${orgId} || '/product.slug/' || s.slug, 0))
      from unnest(${locks}::text[]) with ordinality s (slug, n) order by s.n
    `.execute(db),
    sql<{ slug: string }>`
      select slug from product.slugs
      where org_id = ${orgId}::uuid and slug = any (${choices.flatMap(([, slugs]) => slugs)}::text[])
    `.execute(db),
  ]);
  const taken = new Set(rows.map(({ slug }) => slug));
  return Object.fromEntries(
    choices.map(([locale, slugs]) => [locale, slugs.find((slug) => !taken.has(slug)) ?? slugs[0] ?? '']),
  );
}
