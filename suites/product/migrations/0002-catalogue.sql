-- Products, what one can choose of them, and the codes they are found by. A foreign key always holds the organisation
-- too, so that no row points into another one.

create table product.settings (
  org_id uuid primary key default suites.org_id(),
  default_locale text not null default 'en' check (default_locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id()
);

create table product.categories (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  parent_id uuid,
  title jsonb not null check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 8192),
  slug text not null check (slug ~ '^[^[:space:]/?#]{1,100}$'),
  position integer not null default 0,
  -- From the root to itself; a trigger keeps it.
  path uuid[] not null default '{}' check (cardinality(path) <= 10),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint category_slug_taken unique (org_id, slug),
  constraint category_parent foreign key (org_id, parent_id) references product.categories (org_id, id)
);
create index categories_parent_idx on product.categories (parent_id);
create index categories_path_idx on product.categories using gin (path);

create function product.place_category() returns trigger
language plpgsql
set search_path = ''
as $$
declare
  above uuid[] := '{}';
begin
  if new.parent_id is not null then
    -- Two moves at once could close a circle none of them sees.
    perform pg_advisory_xact_lock(hashtextextended('product.categories', 0) # hashtextextended(new.org_id::text, 0));
    select c.path into above from product.categories c where c.id = new.parent_id and c.org_id = new.org_id;
    if new.id = any (above) or new.id = new.parent_id then
      raise exception 'category % below itself', new.id using errcode = 'check_violation', constraint = 'category_cycle';
    end if;
  end if;
  new.path := above || new.id;
  return new;
end
$$;
create trigger place before insert or update of parent_id, path on product.categories
  for each row execute function product.place_category();

create function product.place_below() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Each child places itself anew, and so on down.
  update product.categories set path = '{}' where parent_id = new.id and org_id = new.org_id;
  return null;
end
$$;
create trigger place_below after update of parent_id, path on product.categories
  for each row when (old.path is distinct from new.path) execute function product.place_below();

create table product.products (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  type text not null check (type in ('goods', 'service', 'bundle', 'digital', 'gift_card')),
  status text not null default 'draft' check (status in ('draft', 'active', 'archived')),
  title jsonb not null check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 16384),
  slug jsonb not null check (jsonb_typeof(slug) = 'object' and octet_length(slug::text) <= 8192),
  description jsonb not null default '{}'
    check (jsonb_typeof(description) = 'object' and octet_length(description::text) <= 262144),
  brand text check (length(brand) between 1 and 100),
  tax_category text check (length(tax_category) between 1 and 50),
  base_uom text not null check (length(base_uom) between 1 and 20),
  sales_uom text not null check (length(sales_uom) between 1 and 20),
  purchase_uom text not null check (length(purchase_uom) between 1 and 20),
  tracking text not null default 'none' check (tracking in ('none', 'lot', 'serial')),
  -- Set with the first movement of stock: from then on type, base unit and tracking stay.
  stocked_at timestamptz,
  published_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint tracking_of_goods check (tracking = 'none' or type = 'goods')
);
create index products_status_idx on product.products (org_id, status, id);

create function product.keep_frozen() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if old.stocked_at is not null and (
    new.type <> old.type or new.base_uom <> old.base_uom or new.tracking <> old.tracking
    or new.stocked_at is distinct from old.stocked_at
  ) then
    raise exception 'product % has stock movements', old.id using errcode = 'check_violation', constraint = 'frozen_field';
  end if;
  return new;
end
$$;
create trigger keep_frozen before update on product.products for each row execute function product.keep_frozen();

-- A slug leads to one product, in whatever language it is written.
create table product.slugs (
  org_id uuid not null default suites.org_id(),
  slug text not null check (slug ~ '^[^[:space:]/?#]{1,200}$'),
  product_id uuid not null,
  constraint slug_taken primary key (org_id, slug),
  foreign key (org_id, product_id) references product.products (org_id, id) on delete cascade
);
create index slugs_product_idx on product.slugs (product_id);

create function product.keep_slugs() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  delete from product.slugs s
  where s.product_id = new.id and s.org_id = new.org_id
    and (new.status = 'archived' or not exists (select from jsonb_each_text(new.slug) e where e.value = s.slug));
  if new.status <> 'archived' then
    insert into product.slugs (org_id, slug, product_id)
    select distinct new.org_id, e.value, new.id from jsonb_each_text(new.slug) e
    where not exists (
      select from product.slugs s where s.org_id = new.org_id and s.slug = e.value and s.product_id = new.id
    );
  end if;
  return null;
end
$$;
create trigger keep_slugs after insert or update of slug, status on product.products
  for each row execute function product.keep_slugs();

create table product.product_categories (
  org_id uuid not null default suites.org_id(),
  product_id uuid not null,
  category_id uuid not null,
  primary key (product_id, category_id),
  foreign key (org_id, product_id) references product.products (org_id, id) on delete cascade,
  constraint category_in_use foreign key (org_id, category_id) references product.categories (org_id, id)
);
create index product_categories_category_idx on product.product_categories (category_id, product_id);

create table product.options (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  product_id uuid not null,
  code text not null check (length(code) between 1 and 50),
  title jsonb not null check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 8192),
  position integer not null,
  unique (org_id, id),
  foreign key (org_id, product_id) references product.products (org_id, id) on delete cascade
);
create unique index option_taken on product.options (product_id, lower(code));

create table product.option_values (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  option_id uuid not null,
  code text not null check (length(code) between 1 and 50),
  title jsonb not null check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 8192),
  position integer not null,
  unique (org_id, id),
  foreign key (org_id, option_id) references product.options (org_id, id) on delete cascade
);
-- Red and red are one colour.
create unique index option_value_taken on product.option_values (option_id, lower(code));

create table product.variants (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  product_id uuid not null,
  sku text not null check (sku ~ '^[^[:space:][:cntrl:]]{1,64}$'),
  status text not null default 'active' check (status in ('active', 'archived')),
  -- Code of each option and of the value chosen: {"size": "m", "colour": "red"}; empty without options.
  choices jsonb not null default '{}' check (jsonb_typeof(choices) = 'object' and octet_length(choices::text) <= 4096),
  -- How it is called in a list: the product's title and what was chosen.
  title jsonb not null check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 24576),
  -- Title, brand and codes without accents, vowel signs and case; the application folds it.
  search_text text not null default '' check (length(search_text) <= 8000),
  weight_g integer check (weight_g between 0 and 100000000),
  length_mm integer check (length_mm between 0 and 1000000),
  width_mm integer check (width_mm between 0 and 1000000),
  height_mm integer check (height_mm between 0 and 1000000),
  manage_inventory boolean not null default true,
  allow_backorder boolean not null default false,
  min_qty numeric(18,6) not null default 1 check (min_qty > 0),
  qty_step numeric(18,6) not null default 1 check (qty_step > 0),
  hs_code text check (hs_code ~ '^[0-9]{4,12}$'),
  origin text check (origin ~ '^[A-Z]{2}$'),
  import_id uuid,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint variant_product foreign key (org_id, product_id) references product.products (org_id, id)
);
create unique index sku_taken on product.variants (org_id, lower(sku)) where status <> 'archived';
create unique index combination_exists on product.variants (product_id, choices) where status <> 'archived';
create index variants_list_idx on product.variants (org_id, status, id);
create index variants_product_idx on product.variants (product_id);
create index variants_search_idx on product.variants using gin (search_text extensions.gin_trgm_ops);

-- A product with options has no variant without them, and none with a choice that is not offered. Judged at the end,
-- when both have been written.
create function product.check_choices() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select from product.variants v
    where v.id = new.id and v.status <> 'archived' and (
      exists (
        select from product.options o
        where o.product_id = v.product_id and o.org_id = v.org_id and not exists (
          select from product.option_values c where c.option_id = o.id and c.code = v.choices ->> o.code
        )
      )
      or exists (
        select from jsonb_object_keys(v.choices) k
        where not exists (
          select from product.options o where o.product_id = v.product_id and o.org_id = v.org_id and o.code = k
        )
      )
    )
  ) then
    raise exception 'variant % has not one choice per option', new.id
      using errcode = 'check_violation', constraint = 'choices_incomplete';
  end if;
  return null;
end
$$;
create constraint trigger check_choices after insert or update of choices, status on product.variants
  deferrable initially deferred for each row execute function product.check_choices();

create function product.check_options() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select from product.variants v
    where v.product_id = new.product_id and v.org_id = new.org_id and v.status <> 'archived' and not v.choices ? new.code
  ) and exists (select from product.options o where o.id = new.id) then
    raise exception 'a variant has no choice of %', new.code
      using errcode = 'check_violation', constraint = 'choices_incomplete';
  end if;
  return null;
end
$$;
create constraint trigger check_options after insert on product.options
  deferrable initially deferred for each row execute function product.check_options();

-- The last digit of a trade item number, by the rule of GS1: every other digit counts three times.
create function product.is_gtin(code text) returns boolean
language sql immutable strict parallel safe
as $$
  select code ~ '^[0-9]{8,14}$' and (
    select sum(substr(code, length(code) - n, 1)::integer * case when n % 2 = 1 then 3 else 1 end) % 10 = 0
    from generate_series(0, length(code) - 1) n
  )
$$;

create table product.barcodes (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  variant_id uuid not null,
  code text not null check (length(code) between 1 and 80),
  symbology text not null
    check (symbology in ('ean13', 'ean8', 'upca', 'itf14', 'code128', 'gs1', 'qr', 'internal')),
  uom text not null check (length(uom) between 1 and 20),
  pack_qty numeric(18,6) not null default 1 check (pack_qty > 0),
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  constraint barcode_taken unique (org_id, code),
  foreign key (org_id, variant_id) references product.variants (org_id, id) on delete cascade,
  constraint bad_check_digit check (
    case symbology
      when 'ean13' then length(code) = 13 and product.is_gtin(code)
      when 'internal' then length(code) = 13 and left(code, 1) = '2' and product.is_gtin(code)
      when 'ean8' then length(code) = 8 and product.is_gtin(code)
      when 'upca' then length(code) = 12 and product.is_gtin(code)
      when 'itf14' then length(code) = 14 and product.is_gtin(code)
      else true
    end
  )
);
create index barcodes_variant_idx on product.barcodes (variant_id);

-- How many codes of its own an organisation has made.
create table product.code_series (
  org_id uuid primary key default suites.org_id(),
  last bigint not null default 0 check (last between 0 and 99999999999)
);
