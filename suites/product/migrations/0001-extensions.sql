-- as: admin
-- Price tiers that must not overlap, and words that are nearly the one somebody typed.

create extension if not exists btree_gist with schema extensions;
create extension if not exists pg_trgm with schema extensions;
grant usage on schema extensions to product_owner, product;
