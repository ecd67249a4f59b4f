-- The books: accounts, periods, and the journal that all money goes through. Amounts are whole minor units of the
-- organisation's currency. A mistake is corrected by a journal that reverses it; nothing posted is ever changed.

create table billing.settings (
  org_id uuid primary key default suites.org_id(),
  -- What the books are kept in.
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Where "today" is.
  time_zone text not null default 'UTC' check (length(time_zone) between 1 and 64),
  -- Month a fiscal year begins with; the year is called by the calendar year it begins in.
  fiscal_year_start integer not null default 1 check (fiscal_year_start between 1 and 12),
  rounding_level text not null default 'line' check (rounding_level in ('line', 'document')),
  rounding_mode text not null default 'half_up' check (rounding_mode in ('half_up', 'half_even')),
  -- Who sells, as it stands on every document: names by language, address, tax number.
  seller jsonb not null check (jsonb_typeof(seller) = 'object' and octet_length(seller::text) <= 8192),
  -- Days until an invoice is due, unless it says so itself.
  payment_days integer not null default 0 check (payment_days between 0 and 3650),
  -- Minor units one person may give up or give back alone.
  write_off_limit bigint not null default 0 check (write_off_limit >= 0),
  refund_limit bigint check (refund_limit >= 0),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id()
);

create table billing.accounts (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  code text not null check (length(code) between 1 and 20),
  name jsonb not null check (jsonb_typeof(name) = 'object' and octet_length(name::text) <= 4096),
  type text not null check (type in ('asset', 'liability', 'equity', 'income', 'expense')),
  -- What keeps it: a control account is the sum of documents, so nobody posts to it by hand.
  control text not null default 'none'
    check (control in ('none', 'receivable', 'payable', 'deposits', 'inventory', 'tax', 'cash')),
  -- What documents post to it as; one account for each.
  purpose text check (purpose in (
    'receivable', 'deposits', 'cash', 'bank', 'card', 'sales', 'shipping', 'tax_payable', 'rounding', 'write_off',
    'inventory', 'goods_received', 'cost_of_goods', 'stock_adjustments', 'retained_earnings')),
  status text not null default 'active' check (status in ('active', 'archived')),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint account_code_taken unique (org_id, code),
  constraint account_purpose_taken unique (org_id, purpose),
  constraint purpose_in_use check (purpose is null or status = 'active')
);

-- A month without a row is open.
create table billing.fiscal_periods (
  org_id uuid not null default suites.org_id(),
  starts_on date not null check (extract(day from starts_on) = 1),
  state text not null default 'open' check (state in ('open', 'soft_closed', 'closed')),
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  primary key (org_id, starts_on)
);

create table billing.journals (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  kind text not null check (kind in (
    'invoice', 'credit_note', 'receipt', 'refund', 'allocation', 'write_off', 'stock', 'manual', 'reversal')),
  posting_date date not null check (posting_date between '1900-01-01' and '2200-12-31'),
  source_type text check (length(source_type) <= 100),
  source_id text check (length(source_id) <= 200),
  reason text check (length(reason) <= 500),
  reverses uuid,
  posted_at timestamptz not null default now(),
  posted_by uuid default suites.actor_id(),
  -- Lines come with their journal, never after it.
  posted_in xid8 not null default pg_current_xact_id(),
  unique (org_id, id),
  constraint journal_reversed_already unique (reverses),
  foreign key (org_id, reverses) references billing.journals (org_id, id),
  check ((kind = 'reversal') = (reverses is not null)),
  check ((source_type is null) = (source_id is null))
);
-- What happened once is posted once.
create unique index posted_once on billing.journals (org_id, kind, source_type, source_id)
  where kind in ('invoice', 'credit_note', 'receipt', 'refund', 'stock');
create index journals_date_idx on billing.journals (org_id, posting_date);
create index journals_source_idx on billing.journals (org_id, source_type, source_id) where source_id is not null;

create table billing.journal_lines (
  seq bigint generated always as identity primary key,
  org_id uuid not null default suites.org_id(),
  journal_id uuid not null,
  line_no integer not null check (line_no > 0),
  account_id uuid not null,
  debit bigint not null default 0 check (debit >= 0),
  credit bigint not null default 0 check (credit >= 0),
  party_id uuid,
  branch text not null default '' check (length(branch) <= 50),
  cost_centre text not null default '' check (length(cost_centre) <= 50),
  -- The journal's, so that balances of a day are read without it.
  posting_date date not null,
  constraint journal_line_once unique (journal_id, line_no),
  constraint one_side_of_a_line check ((debit = 0) <> (credit = 0)),
  foreign key (org_id, journal_id) references billing.journals (org_id, id),
  foreign key (org_id, account_id) references billing.accounts (org_id, id)
);
create index journal_lines_account_idx on billing.journal_lines (org_id, account_id, posting_date) include (debit, credit);
create index journal_lines_party_idx on billing.journal_lines (org_id, party_id, posting_date) where party_id is not null;

-- What could not be posted because its month was closed: the event stays true, and an accountant says on which day it
-- enters the books.
create table billing.waiting_journals (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  posting_date date not null,
  source_type text not null check (length(source_type) <= 100),
  source_id text not null check (length(source_id) <= 200),
  -- What the posting day would have been, on which accounts, and why it waits.
  entries jsonb not null check (jsonb_typeof(entries) = 'array'),
  reason text not null check (length(reason) <= 500),
  posted_as uuid,
  created_at timestamptz not null default now(),
  constraint waiting_once unique (org_id, source_type, source_id),
  foreign key (org_id, posted_as) references billing.journals (org_id, id)
);

create function billing.refuse_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'billing.% is append-only; post a correction', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
create trigger append_only before update or delete or truncate on billing.journals
  for each statement execute function billing.refuse_change();
create trigger append_only before update or delete or truncate on billing.journal_lines
  for each statement execute function billing.refuse_change();

-- Holds the month a document is dated in as it is until the transaction ends, and refuses what is closed. Closing
-- waits for those who post, and they for whoever closes.
create function billing.enter_period(org uuid, day date) returns void
language plpgsql security definer set search_path = '' as $$
declare
  month date := date_trunc('month', day)::date;
  is_now text;
begin
  select p.state into is_now from billing.fiscal_periods p where p.org_id = org and p.starts_on = month for share;
  if not found then
    insert into billing.fiscal_periods (org_id, starts_on) values (org, month) on conflict do nothing;
    select p.state into is_now from billing.fiscal_periods p where p.org_id = org and p.starts_on = month for share;
  end if;
  if is_now = 'closed'
    or (is_now = 'soft_closed' and not auth.has_permission('billing.post-soft-closed', org)) then
    raise exception 'The month of % is %', day, is_now using errcode = 'check_violation', constraint = 'period_closed';
  end if;
end $$;

create function billing.begin_journal() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.posted_in := pg_current_xact_id();
  perform billing.enter_period(new.org_id, new.posting_date);
  return new;
end $$;
create trigger begin_journal before insert on billing.journals
  for each row execute function billing.begin_journal();

-- Lines belong to a journal of this very transaction and carry its day; by hand nobody reaches a
-- control account, but that money is also spent on what no document here says.
create function billing.check_lines() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  fault record;
begin
  select l.journal_id, l.line_no, a.code, j.kind,
    j.posted_in <> pg_current_xact_id() as is_late, j.posting_date <> l.posting_date as is_misdated,
    a.status <> 'active' and j.kind <> 'reversal' as is_archived
  into fault
  from added l
    join billing.journals j on j.id = l.journal_id
    join billing.accounts a on a.id = l.account_id
  where j.posted_in <> pg_current_xact_id() or j.posting_date <> l.posting_date
    or (a.status <> 'active' and j.kind <> 'reversal') or (a.control not in ('none', 'cash') and j.kind = 'manual')
  limit 1;
  if not found then
    return null;
  end if;
  raise exception 'Line % of journal % does not belong there', fault.line_no, fault.journal_id
    using errcode = 'check_violation', constraint = case
      when fault.is_late or fault.is_misdated then 'line_of_another_posting'
      when fault.is_archived then 'account_archived'
      else 'control_account_by_hand' end;
end $$;
create trigger check_lines after insert on billing.journal_lines
  referencing new table as added for each statement execute function billing.check_lines();

-- Debits are credits, asked at the commit: no journal is one-sided for anybody to see.
create function billing.check_balance() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  sums record;
begin
  select count(*) as lines, coalesce(sum(l.debit), 0) as debit, coalesce(sum(l.credit), 0) as credit
  into sums from billing.journal_lines l where l.journal_id = new.id;
  if sums.lines < 2 or sums.debit <> sums.credit then
    raise exception 'Journal % has % lines, debits of % and credits of %', new.id, sums.lines, sums.debit, sums.credit
      using errcode = 'check_violation', constraint = 'journal_unbalanced';
  end if;
  return null;
end $$;
create constraint trigger balanced after insert on billing.journals
  deferrable initially deferred for each row execute function billing.check_balance();

-- What an account is stays as it is once something is posted to it.
create function billing.freeze_account() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if (new.type, new.control, new.purpose) is distinct from (old.type, old.control, old.purpose)
    and exists (select from billing.journal_lines l where l.org_id = old.org_id and l.account_id = old.id) then
    raise exception 'Account % has been posted to', old.code using errcode = 'check_violation', constraint = 'account_posted_to';
  end if;
  return new;
end $$;
create trigger freeze_account before update on billing.accounts
  for each row execute function billing.freeze_account();

-- The books are in one currency from their first journal on.
create function billing.freeze_settings() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if (new.currency, new.fiscal_year_start) is distinct from (old.currency, old.fiscal_year_start)
    and exists (select from billing.journals j where j.org_id = old.org_id) then
    raise exception 'The books are kept in % already', old.currency using errcode = 'check_violation', constraint = 'books_begun';
  end if;
  return new;
end $$;
create trigger freeze_settings before update on billing.settings
  for each row execute function billing.freeze_settings();
