import { type CommandContext, commonErrors, type QueryContext, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { sql } from 'kysely';
import { z } from 'zod';
import type { ProductTables } from '../adapters/tables.ts';
import { touched } from '@ashlar/kernel/touched';
import { CategoryId } from '../domain/ids.ts';
import { productErrors } from '../domain/product-errors.ts';
import { Title } from '../domain/product.ts';

const CategorySlug = z
  .string()
  .regex(/^[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*$/u, 'Expected words joined by hyphens')
  .max(100);
const Changed = z.object({ id: CategoryId, version: z.int() });

export const createCategory = useCase('product.create-category', {
  summary: 'Adds a category, at the top or below another.',
  input: z.object({
    title: Title,
    slug: CategorySlug,
    parentId: CategoryId.nullable().default(null),
    position: z.int().min(0).max(100_000).default(0),
  }),
  output: Changed,
  errors: [productErrors.slugTaken, productErrors.categoryCycle],
  permission: 'product.edit',
  on: { http: 'POST /categories', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ title, slug, parentId, position }, { db, audit, newId }: CommandContext<ProductTables>) => {
    const id = newId(CategoryId);
    await db
      .insertInto('product.categories')
      .values({ id, title: JSON.stringify(title), slug, parent_id: parentId, position })
      .execute();
    audit({ subject: id, after: { title, slug, parentId } });
    return { id, version: 1 };
  },
});

export const updateCategory = useCase('product.update-category', {
  summary: 'Renames a category or moves it, with all below it.',
  input: z.object({
    categoryId: CategoryId,
    expectedVersion: z.int().optional(),
    title: Title.optional(),
    slug: CategorySlug.optional(),
    parentId: CategoryId.nullable().optional(),
    position: z.int().min(0).max(100_000).optional(),
  }),
  output: Changed,
  errors: [productErrors.slugTaken, productErrors.categoryCycle],
  permission: 'product.edit',
  on: { http: 'PATCH /categories/:categoryId', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ categoryId: id, expectedVersion, ...input }, { db, audit }: CommandContext<ProductTables>) => {
    const row = await db
      .selectFrom('product.categories')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'category', id }));
    const stale = refuseStale(row.version, expectedVersion, { id, version: row.version });
    if (stale !== null) return stale;
    await db
      .updateTable('product.categories')
      .set({
        title: JSON.stringify(input.title ?? row.title),
        slug: input.slug ?? row.slug,
        position: input.position ?? row.position,
        ...(input.parentId === undefined ? {} : { parent_id: input.parentId }),
        ...touched,
      })
      .where('id', '=', id)
      .execute();
    audit({ subject: id, before: { title: row.title, parentId: row.parent_id }, after: input });
    return { id, version: row.version + 1 };
  },
});

export const deleteCategory = useCase('product.delete-category', {
  summary: 'Removes a category nothing is in.',
  input: z.object({ categoryId: CategoryId }),
  output: z.object({ id: CategoryId }),
  errors: [],
  permission: 'product.edit',
  on: { http: 'DELETE /categories/:categoryId', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ categoryId: id }, { db, audit }: CommandContext<ProductTables>) => {
    const user = await db
      .selectFrom('product.product_categories')
      .select(sql<string>`'products'`.as('by'))
      .where('category_id', '=', id)
      .union(
        db
          .selectFrom('product.categories')
          .select(sql<string>`'categories below it'`.as('by'))
          .where('parent_id', '=', id),
      )
      .limit(1)
      .executeTakeFirst();
    if (user !== undefined) return refuse(commonErrors.inUse({ what: 'The category', by: user.by }));
    const gone = await db.deleteFrom('product.categories').where('id', '=', id).returning('title').executeTakeFirst();
    if (gone === undefined) return refuse(commonErrors.notFound({ what: 'category', id }));
    audit({ subject: id, before: { title: gone.title } });
    return { id };
  },
});

export const listCategories = useCase('product.list-categories', {
  kind: 'query',
  summary: 'The tree of categories, parents before their children.',
  input: z.object({ below: CategoryId.optional() }),
  output: z.object({
    categories: z.array(
      z.object({
        id: CategoryId,
        parentId: CategoryId.nullable(),
        title: z.record(z.string(), z.string()),
        slug: z.string(),
        depth: z.int(),
        version: z.int(),
      }),
    ),
  }),
  errors: [],
  permission: 'product.read',
  on: { http: 'GET /categories', graphql: 'query', grpc: true, mcp: true },
  run: async ({ below }, { db }: QueryContext<ProductTables>) => {
    let query = db.selectFrom('product.categories').selectAll();
    if (below !== undefined) query = query.where((eb) => eb(eb.val(below), '=', eb.fn.any('path')));
    const rows = await query.orderBy('path').orderBy('position').limit(1000).execute();
    return {
      categories: rows.map(({ id, parent_id, title, slug, path, version }) => ({
        id,
        parentId: parent_id,
        title,
        slug,
        depth: path.length,
        version,
      })),
    };
  },
});
