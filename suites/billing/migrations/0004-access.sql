-- The suite's role writes, and neither settles nor changes what is posted; people read what their permissions show them.

select suites.guard_table('billing.' || name, read_permission => 'billing.read')
from unnest(array[
  'settings', 'accounts', 'fiscal_periods', 'journals', 'journal_lines', 'waiting_journals', 'tax_rates', 'invoices',
  'invoice_lines', 'invoice_taxes', 'number_series', 'open_items', 'payments', 'money_moves', 'allocations',
  'provider_events'
]) as name;

revoke all on all tables in schema billing from billing, authenticated, service_role;
revoke all on all functions in schema billing from public;

grant select, insert, update on billing.settings, billing.accounts, billing.fiscal_periods, billing.tax_rates,
  billing.number_series, billing.invoices to billing;
grant delete on billing.invoices to billing;
grant select, insert, delete on billing.invoice_lines to billing;
grant select, insert on billing.journals, billing.journal_lines, billing.invoice_taxes, billing.money_moves,
  billing.allocations, billing.provider_events, billing.waiting_journals to billing;
grant update (posted_as) on billing.waiting_journals to billing;
grant select on billing.open_items to billing;
grant select, insert on billing.payments to billing;
-- All but what the allocations make.
grant update (provider_ref, state, authorised, captured, refunded, promised, failure, version, updated_at, updated_by)
  on billing.payments to billing;
grant execute on function billing.lock_open_items(uuid[]) to billing;

grant select on billing.settings, billing.accounts, billing.fiscal_periods, billing.journals, billing.journal_lines,
  billing.waiting_journals, billing.tax_rates, billing.invoices, billing.invoice_lines, billing.invoice_taxes,
  billing.open_items, billing.payments, billing.money_moves, billing.allocations to authenticated, service_role;
