-- as: admin
-- A statement that must not commit because of what it returned (not one row where one was asked for, more rows
-- changed than allowed) calls this in its own select list: what it did is undone with it. The states are private,
-- of a class PostgreSQL does not use; the message is the number of rows.
create function ashlar.refuse_result(state text, rows bigint) returns text
language plpgsql volatile parallel unsafe
set search_path = ''
as $$
begin
  raise exception using errcode = state, message = rows::text;
end
$$;

grant usage on schema ashlar to anon, authenticated, service_role;
grant execute on function ashlar.refuse_result(text, bigint) to anon, authenticated, service_role;
