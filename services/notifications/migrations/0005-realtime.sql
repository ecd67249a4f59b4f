-- as: admin
-- The inbox is heard of in realtime, each user of their own rows.
do $$
begin
  if exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime' and not puballtables) then
    alter publication supabase_realtime add table notifications.inbox;
  end if;
end
$$;
