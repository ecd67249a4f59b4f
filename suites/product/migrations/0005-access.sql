-- The suite's role writes; people of the organisation read with their permission.

select suites.guard_table('product.' || name, read_permission => 'product.read')
from unnest(array[
  'categories', 'products', 'slugs', 'product_categories', 'options', 'option_values', 'variants', 'barcodes',
  'price_lists', 'prices', 'price_changes', 'channel_listings', 'bundle_components', 'settings'
]) as name;
select suites.guard_table('product.code_series');
revoke insert, update, delete on product.price_changes from product;

-- Words that are nearly those of somebody's search, best first. Comparing texts by likeness would run only after the
-- policies, on every row, so the rows are chosen here as the owner, and the policies' questions are asked first.
create function product.matching_variants(folded text, wanted_status text, most integer)
returns table (id uuid, likeness real)
language plpgsql stable security definer
set search_path = ''
as $$
declare
  as_suite boolean := coalesce(nullif(current_setting('role', true), 'none'), session_user)::text = 'product';
  org uuid := case when as_suite then suites.org_id() else auth.org_id() end;
begin
  if org is null or not (as_suite or auth.has_permission('product.read')) then
    return;
  end if;
  return query
    select v.id, extensions.word_similarity(folded, v.search_text)
    from product.variants v
    where v.org_id = org and v.status = wanted_status
      and (v.search_text operator(extensions.%>) folded or v.search_text like '%' || replace(replace(replace(folded, '\', '\\'), '%', '\%'), '_', '\_') || '%')
    order by 2 desc, 1
    limit least(most, 1000);
end
$$;
revoke all on function product.matching_variants(text, text, integer) from public;
grant execute on function product.matching_variants(text, text, integer) to product, authenticated, service_role;
