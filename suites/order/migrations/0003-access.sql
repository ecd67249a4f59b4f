-- The suite's role writes along the rules; people read what their permissions show them.

select suites.guard_table('orders.' || name, read_permission => 'order.read')
from unnest(array[
  'settings', 'carts', 'cart_lines', 'orders', 'order_lines', 'number_series', 'history', 'documents', 'payment_facts',
  'fulfilments', 'fulfilment_lines', 'returns', 'return_lines'
]) as name;

revoke all on all tables in schema orders from "order", authenticated, service_role;
revoke all on all functions in schema orders from public;
grant execute on function orders.may_become(text, text) to "order";

grant select, insert, update on orders.settings, orders.carts, orders.number_series, orders.fulfilments,
  orders.fulfilment_lines, orders.returns, orders.return_lines to "order";
grant select, insert, update, delete on orders.cart_lines to "order";
grant select, insert on orders.orders, orders.order_lines, orders.history, orders.documents, orders.payment_facts to "order";
-- All but what triggers derive.
grant update (status, status_reason, cancel_reason, hold_id, delivered_at, note, version, updated_at, updated_by)
  on orders.orders to "order";
grant update (qty_reserved, qty_fulfilled, qty_cancelled, qty_returned) on orders.order_lines to "order";

grant select on orders.settings, orders.carts, orders.cart_lines, orders.orders, orders.order_lines, orders.history,
  orders.documents, orders.payment_facts, orders.fulfilments, orders.fulfilment_lines, orders.returns,
  orders.return_lines to authenticated, service_role;
