import type { Operation } from '../../../api/structure.ts';

/** Its tables stand in a schema of their own, so that it goes as it came. */
export const EXAMPLE_SCHEMA = 'example_shop';

const schema = EXAMPLE_SCHEMA;
const id = { name: 'id', type: 'bigint', nullable: false, identity: 'by default' };
const at = { name: 'created_at', type: 'timestamptz', nullable: false, default: 'now()' };

const pointer = (table: string, column: string, target: string): Operation => ({
  operation: 'add-foreign-key',
  input: {
    schema,
    table,
    columns: [column],
    references: { schema, table: target, columns: ['id'] },
    onDelete: 'cascade',
  },
});
const index = (table: string, column: string): Operation => ({
  operation: 'create-index',
  input: { schema, table, name: `${table}_${column}_idx`, parts: [{ column }] },
});
const reading = (table: string, name: string, roles: readonly string[], using: string): Operation => ({
  operation: 'create-policy',
  input: { schema, table, name, command: 'select', roles, using },
});

/** A small shop: what there is, who bought, and what; with keys, indexes and policies, as one migration. */
export const exampleOperations: readonly Operation[] = [
  { operation: 'create-schema', input: { schema } },
  {
    operation: 'create-enum',
    input: { schema, type: 'order_state', labels: ['placed', 'paid', 'shipped', 'returned'] },
  },
  {
    operation: 'create-table',
    input: {
      schema,
      table: 'products',
      columns: [
        id,
        { name: 'name', type: 'text', nullable: false },
        { name: 'name_ar', type: 'text' },
        { name: 'price', type: 'numeric(10,2)', nullable: false },
        { name: 'in_stock', type: 'integer', nullable: false, default: '0' },
        { name: 'tags', type: 'text[]' },
        at,
      ],
      primaryKey: ['id'],
      comment: 'What the shop sells, in two languages',
    },
  },
  {
    operation: 'create-table',
    input: {
      schema,
      table: 'customers',
      columns: [
        id,
        { name: 'user_id', type: 'uuid' },
        { name: 'name', type: 'text', nullable: false },
        { name: 'city', type: 'text' },
        at,
      ],
      primaryKey: ['id'],
      comment: 'Who buys; user_id is their account, if they have one',
    },
  },
  {
    operation: 'create-table',
    input: {
      schema,
      table: 'orders',
      columns: [
        id,
        { name: 'customer_id', type: 'bigint', nullable: false },
        { name: 'product_id', type: 'bigint', nullable: false },
        { name: 'quantity', type: 'integer', nullable: false, default: '1' },
        { name: 'state', type: `${schema}.order_state`, nullable: false, default: `'placed'` },
        at,
      ],
      primaryKey: ['id'],
    },
  },
  pointer('orders', 'customer_id', 'customers'),
  pointer('orders', 'product_id', 'products'),
  index('orders', 'customer_id'),
  index('orders', 'product_id'),
  index('customers', 'user_id'),
  reading('products', 'Everybody sees products', ['anon', 'authenticated'], 'true'),
  reading('customers', 'Customers see themselves', ['authenticated'], '(select auth.uid()) = user_id'),
  reading(
    'orders',
    'Customers see their orders',
    ['authenticated'],
    `customer_id in (select c.id from ${schema}.customers c where c.user_id = (select auth.uid()))`,
  ),
];

/** Rows in both writing directions. */
export const exampleRows = `
insert into ${schema}.products (name, name_ar, price, in_stock, tags) values
  ('Olive oil, 1 l', 'زيت زيتون، لتر', 11.50, 42, '{food,local}'),
  ('Date syrup', 'دبس تمر', 6.20, 18, '{food}'),
  ('Aleppo soap', 'صابون حلب', 4.90, 120, '{care,local}'),
  ('Cardamom coffee', 'قهوة بالهيل', 8.75, 0, '{food}'),
  ('Copper pot', 'ركوة نحاس', 34.00, 7, '{kitchen,local}'),
  ('Linen apron', 'مئزر كتّان', 22.40, 15, '{kitchen}'),
  ('Rose water', 'ماء ورد', 5.10, 60, '{care,food}'),
  ('Wool blanket', 'بطانية صوف', 79.00, 4, null);
insert into ${schema}.customers (name, city) values
  ('Ada Lovelace', 'London'), ('ليلى حداد', 'دمشق'), ('Grace Hopper', 'New York'), ('عمر الخطيب', 'القاهرة'), ('Katherine Johnson', null);
insert into ${schema}.orders (customer_id, product_id, quantity, state, created_at)
select c.id, p.id, 1 + n % 4, (array['placed', 'paid', 'shipped', 'returned']::${schema}.order_state[])[1 + n % 4],
  now() - n * interval '7 hours'
from generate_series(0, 39) n
  join ${schema}.customers c on c.name = (array['Ada Lovelace', 'ليلى حداد', 'Grace Hopper', 'عمر الخطيب', 'Katherine Johnson'])[1 + n % 5]
  join ${schema}.products p on p.price = (array[11.50, 6.20, 4.90, 8.75, 34.00, 22.40, 5.10, 79.00])[1 + n % 8];
analyze ${schema}.products, ${schema}.customers, ${schema}.orders`;

export const removeExample: Operation = { operation: 'drop-schema', input: { schema, cascade: true } };
