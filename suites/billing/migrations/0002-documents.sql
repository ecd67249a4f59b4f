-- Invoices and credit notes. A draft may be changed and thrown away; what is issued stays as it was issued, with a
-- number from a series without gaps and a hash that holds the one before it.

create table billing.tax_rates (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  -- What it is called on documents and in the return.
  code text not null check (length(code) between 1 and 50),
  name jsonb not null check (jsonb_typeof(name) = 'object' and octet_length(name::text) <= 4096),
  -- Of goods, as the catalogue says it.
  category text not null check (length(category) between 1 and 50),
  -- Where it holds and for whom; empty: everywhere, for everybody.
  jurisdiction text not null default '' check (length(jurisdiction) <= 50),
  customer_class text not null default '' check (length(customer_class) <= 50),
  percent numeric(9, 6) not null check (percent between 0 and 100),
  -- Codes of taxes before it that belong to its base.
  compound_on text[] not null default '{}',
  position integer not null default 0,
  valid_from date not null,
  valid_to date,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint tax_rate_taken unique (org_id, category, jurisdiction, customer_class, code, valid_from),
  constraint tax_validity_reversed check (valid_to is null or valid_to >= valid_from)
);

create table billing.invoices (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  kind text not null check (kind in ('invoice', 'credit_note')),
  status text not null default 'draft' check (status in ('draft', 'issued')),
  branch text not null default '' check (length(branch) <= 50),
  fiscal_year integer,
  number bigint check (number > 0),
  -- As people read it; stands on the document.
  label text check (length(label) <= 100),
  party_id uuid,
  -- Who it is for, as it was then.
  party jsonb not null check (jsonb_typeof(party) = 'object' and octet_length(party::text) <= 8192),
  issue_date date check (issue_date between '1900-01-01' and '2200-12-31'),
  supply_date date,
  due_date date,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  prices text not null check (prices in ('inclusive', 'exclusive')),
  -- Sums of the lines, in minor units.
  net bigint not null default 0,
  tax bigint not null default 0,
  -- Of cash, where coins do not reach; never part of the tax.
  rounding bigint not null default 0,
  total bigint not null default 0,
  note text check (length(note) <= 2000),
  source_type text check (length(source_type) <= 100),
  source_id text check (length(source_id) <= 200),
  -- The invoice a credit note takes back, and why.
  credits uuid,
  reason text check (length(reason) <= 500),
  -- What was issued, letter for letter; its hash; and the hashes of the series so far.
  content text,
  content_hash bytea,
  prev_hash bytea,
  chain_hash bytea,
  issued_at timestamptz,
  issued_by uuid,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint invoice_number_taken unique (org_id, kind, branch, fiscal_year, number),
  foreign key (org_id, credits) references billing.invoices (org_id, id),
  check ((kind = 'credit_note') = (credits is not null)),
  check ((source_type is null) = (source_id is null)),
  constraint document_adds_up check (total = net + tax + rounding and total >= 0),
  constraint issued_is_whole check ((status = 'issued') =
    (num_nulls(fiscal_year, number, label, issue_date, due_date, content, content_hash, chain_hash, issued_at) = 0))
);
create index invoices_party_idx on billing.invoices (org_id, party_id, issue_date) where party_id is not null;
create index invoices_source_idx on billing.invoices (org_id, source_type, source_id) where source_id is not null;
create index invoices_credits_idx on billing.invoices (org_id, credits) where credits is not null;
create index invoices_date_idx on billing.invoices (org_id, issue_date desc, id desc);

create table billing.invoice_lines (
  invoice_id uuid not null,
  org_id uuid not null default suites.org_id(),
  line_no integer not null check (line_no > 0),
  kind text not null default 'item' check (kind in ('item', 'shipping')),
  title jsonb not null check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 4096),
  sku text check (length(sku) <= 100),
  quantity numeric(18, 6) not null check (quantity > 0),
  uom text not null check (length(uom) between 1 and 20),
  -- Minor units of one, with or without tax as the document's prices are.
  unit_price numeric(20, 6) not null check (unit_price >= 0),
  discount bigint not null default 0 check (discount >= 0),
  -- As they were resolved: code, percent, what it compounds on, and the tax itself in minor units.
  taxes jsonb not null default '[]' check (jsonb_typeof(taxes) = 'array'),
  net bigint not null check (net >= 0),
  tax bigint not null check (tax >= 0),
  -- Of the document it came from, such as an order's line.
  source_line text check (length(source_line) <= 200),
  -- The line of the invoice that a credit note's line takes back.
  credits_line integer,
  primary key (invoice_id, line_no),
  foreign key (org_id, invoice_id) references billing.invoices (org_id, id) on delete cascade
);

create table billing.invoice_taxes (
  invoice_id uuid not null,
  org_id uuid not null default suites.org_id(),
  code text not null,
  percent numeric(9, 6) not null,
  base bigint not null,
  tax bigint not null,
  -- The document's, and what it counts as in a return: a credit note takes back.
  issue_date date not null,
  sign integer not null check (sign in (1, -1)),
  primary key (invoice_id, code, percent),
  foreign key (org_id, invoice_id) references billing.invoices (org_id, id)
);
create index invoice_taxes_date_idx on billing.invoice_taxes (org_id, issue_date);

-- Next number, last day and last hash of each series. Its row is locked from the number to the commit.
create table billing.number_series (
  org_id uuid not null default suites.org_id(),
  kind text not null,
  branch text not null,
  fiscal_year integer not null,
  next_number bigint not null default 1,
  last_date date not null,
  last_hash bytea,
  primary key (org_id, kind, branch, fiscal_year)
);

-- What an issued document still asks for, or still gives. Allocations alone move it.
create table billing.open_items (
  document_id uuid primary key,
  org_id uuid not null default suites.org_id(),
  kind text not null check (kind in ('invoice', 'credit_note')),
  party_id uuid,
  issue_date date not null,
  due_date date not null,
  total bigint not null check (total >= 0),
  settled bigint not null default 0,
  constraint exceeds_open check (settled between 0 and total),
  foreign key (org_id, document_id) references billing.invoices (org_id, id)
);
create index open_items_party_idx on billing.open_items (org_id, party_id) where settled < total;
create index open_items_due_idx on billing.open_items (org_id, due_date) where settled < total;

-- Issued is issued.
create function billing.keep_issued() returns trigger
language plpgsql set search_path = '' as $$
begin
  if old.status = 'issued' then
    raise exception 'Document % is issued; take it back by a credit note', old.label
      using errcode = 'check_violation', constraint = 'document_issued';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger keep_issued before update or delete on billing.invoices
  for each row execute function billing.keep_issued();
create trigger append_only before truncate on billing.invoices
  for each statement execute function billing.refuse_change();

create function billing.keep_issued_lines() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  document uuid := case when tg_op = 'DELETE' then old.invoice_id else new.invoice_id end;
begin
  if exists (select from billing.invoices i where i.id = document and i.status = 'issued')
    or (tg_op = 'UPDATE' and exists (select from billing.invoices i where i.id = old.invoice_id and i.status = 'issued')) then
    raise exception 'Document % is issued', document using errcode = 'check_violation', constraint = 'document_issued';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger keep_issued before insert or update or delete on billing.invoice_lines
  for each row execute function billing.keep_issued_lines();
create trigger append_only before update or delete or truncate on billing.invoice_taxes
  for each statement execute function billing.refuse_change();

-- Issuing: the month is open, the lines are those of the figures, a credit takes back no more than there is left, and
-- what is owed begins to be counted.
create function billing.begin_issued() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  sums record;
  excess record;
begin
  if new.status <> 'issued' or (tg_op = 'UPDATE' and old.status = 'issued') then
    return null;
  end if;
  perform billing.enter_period(new.org_id, new.issue_date);
  select count(*) as lines, coalesce(sum(l.net), 0) as net, coalesce(sum(l.tax), 0) as tax
  into sums from billing.invoice_lines l where l.invoice_id = new.id;
  if sums.lines = 0 or sums.net <> new.net or sums.tax <> new.tax then
    raise exception 'Document % says % and %, its % lines say % and %', new.id, new.net, new.tax, sums.lines, sums.net, sums.tax
      using errcode = 'check_violation', constraint = 'document_adds_up';
  end if;
  if new.kind = 'credit_note' then
    -- One credit at a time, so that two do not take back the same.
    perform 1 from billing.open_items o where o.document_id = new.credits for no key update;
    select i.line_no into excess
    from billing.invoice_lines i
      join billing.invoices n on n.credits = i.invoice_id and (n.status = 'issued' or n.id = new.id)
      join billing.invoice_lines c on c.invoice_id = n.id and c.credits_line = i.line_no
    where i.invoice_id = new.credits
    group by i.line_no, i.quantity, i.net, i.tax
    having sum(c.quantity) > i.quantity or sum(c.net) > i.net or sum(c.tax) > i.tax
    limit 1;
    if found then
      raise exception 'Line % of % has less left', excess.line_no, new.credits
        using errcode = 'check_violation', constraint = 'exceeds_creditable';
    end if;
    if exists (select from billing.invoice_lines c where c.invoice_id = new.id and not exists (
      select from billing.invoice_lines i where i.invoice_id = new.credits and i.line_no = c.credits_line)) then
      raise exception 'A line of % takes back none of %', new.id, new.credits
        using errcode = 'check_violation', constraint = 'exceeds_creditable';
    end if;
  end if;
  insert into billing.open_items (document_id, org_id, kind, party_id, issue_date, due_date, total)
  values (new.id, new.org_id, new.kind, new.party_id, new.issue_date, new.due_date, new.total);
  return null;
end $$;
create trigger begin_issued after insert or update on billing.invoices
  for each row execute function billing.begin_issued();
