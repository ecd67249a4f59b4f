-- What a bundle is made of: never of itself, and at most three levels deep.

create table product.bundle_components (
  org_id uuid not null default suites.org_id(),
  bundle_id uuid not null,
  component_id uuid not null,
  quantity numeric(18,6) not null check (quantity > 0),
  optional boolean not null default false,
  position integer not null default 0,
  primary key (bundle_id, component_id),
  foreign key (org_id, bundle_id) references product.variants (org_id, id) on delete cascade,
  foreign key (org_id, component_id) references product.variants (org_id, id)
);
create index bundle_components_component_idx on product.bundle_components (component_id);

create function product.check_bundle() returns trigger
language plpgsql
set search_path = ''
as $$
declare
  below integer;
  above integer;
begin
  -- One bundle after the other: two changes at once could close a circle none of them sees.
  perform pg_advisory_xact_lock(hashtextextended('product.bundles', 0) # hashtextextended(new.org_id::text, 0));
  if new.component_id = new.bundle_id or exists (
    with recursive down as (
      select new.component_id as id
      union
      select c.component_id from down d
      join product.bundle_components c on c.bundle_id = d.id and c.org_id = new.org_id
    )
    select from down where id = new.bundle_id
  ) then
    raise exception 'bundle % would hold itself', new.bundle_id
      using errcode = 'check_violation', constraint = 'bundle_cycle';
  end if;
  with recursive down as (
    select new.component_id as id, 1 as depth
    union
    select c.component_id, d.depth + 1 from down d
    join product.bundle_components c on c.bundle_id = d.id and c.org_id = new.org_id
    where d.depth <= 4
  )
  select max(depth) into below from down;
  with recursive up as (
    select new.bundle_id as id, 1 as depth
    union
    select c.bundle_id, u.depth + 1 from up u
    join product.bundle_components c on c.component_id = u.id and c.org_id = new.org_id
    where u.depth <= 4
  )
  select max(depth) into above from up;
  if above + below - 1 > 3 then
    raise exception 'bundle % would be % levels deep', new.bundle_id, above + below - 1
      using errcode = 'check_violation', constraint = 'bundle_too_deep';
  end if;
  return new;
end
$$;
create trigger check_bundle before insert or update on product.bundle_components
  for each row execute function product.check_bundle();
