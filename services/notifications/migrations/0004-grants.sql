-- Users reach their own rows, service_role and the project's owner reach all, and nobody else reaches any.

alter table notifications.categories enable row level security;
alter table notifications.messages enable row level security;
alter table notifications.keys enable row level security;
alter table notifications.templates enable row level security;
alter table notifications.template_versions enable row level security;
alter table notifications.suppressions enable row level security;
alter table notifications.settings enable row level security;
alter table notifications.inbox enable row level security;
alter table notifications.preferences enable row level security;
alter table notifications.readers enable row level security;
alter table notifications.devices enable row level security;

create policy "everybody reads" on notifications.categories for select to authenticated using (true);
create policy own on notifications.inbox for select to authenticated using (user_id = (select notifications.subject()));
create policy "mark own" on notifications.inbox for update to authenticated
  using (user_id = (select notifications.subject())) with check (user_id = (select notifications.subject()));
create policy own on notifications.preferences to authenticated
  using (user_id = (select notifications.subject())) with check (user_id = (select notifications.subject()));
create policy own on notifications.readers to authenticated
  using (user_id = (select notifications.subject())) with check (user_id = (select notifications.subject()));
create policy own on notifications.devices for select to authenticated using (user_id = (select notifications.subject()));
create policy "remove own" on notifications.devices for delete to authenticated
  using (user_id = (select notifications.subject()));

create policy service on notifications.categories to notifications, :owner_role using (true) with check (true);
create policy service on notifications.messages to notifications using (true) with check (true);
create policy owner on notifications.messages for select to :owner_role using (true);
create policy service on notifications.keys to notifications using (true) with check (true);
create policy service on notifications.templates to notifications, :owner_role using (true) with check (true);
create policy service on notifications.template_versions to notifications, :owner_role using (true) with check (true);
create policy service on notifications.suppressions to notifications, :owner_role using (true) with check (true);
create policy service on notifications.settings to notifications using (true) with check (true);
create policy service on notifications.inbox to notifications, :owner_role using (true) with check (true);
create policy service on notifications.preferences to notifications, :owner_role using (true) with check (true);
create policy service on notifications.readers to notifications, :owner_role using (true) with check (true);
create policy service on notifications.devices to notifications, :owner_role using (true) with check (true);

grant usage on schema notifications to anon, authenticated, service_role, :owner_role;

grant select on notifications.categories, notifications.inbox, notifications.devices to authenticated;
grant update (read_at, archived_at) on notifications.inbox to authenticated;
grant select, insert, update, delete on notifications.preferences, notifications.readers to authenticated;
grant delete on notifications.devices to authenticated;

grant select on notifications.messages, notifications.templates, notifications.template_versions, notifications.devices
  to service_role, :owner_role;
grant delete on notifications.templates, notifications.devices to service_role, :owner_role;
grant select, insert, update, delete on notifications.categories, notifications.suppressions, notifications.inbox,
  notifications.preferences, notifications.readers to service_role, :owner_role;
-- Sealed by the service, so what is read here opens nothing.
grant select, insert, update, delete on notifications.settings to service_role;

grant select on notifications.categories, notifications.templates, notifications.template_versions, notifications.readers
  to notifications;
grant select, update, delete on notifications.messages to notifications;
grant select, delete on notifications.keys to notifications;
grant select, insert, update, delete on notifications.suppressions, notifications.settings, notifications.preferences
  to notifications;
grant select, delete on notifications.devices to notifications;

revoke execute on all functions in schema notifications from public;
grant execute on function notifications.subject(), notifications.keep_transactional()
  to anon, authenticated, service_role, notifications, :owner_role;
grant execute on function notifications.unread_count(), notifications.register_device(text, text, text, text)
  to authenticated;
grant execute on function
  notifications.send_mail(text[], text, jsonb, text, text, text, text, text, jsonb, text, timestamptz, text),
  notifications.notify(uuid, text, jsonb, text, text[], text),
  notifications.cancel_message(uuid), notifications.replay_message(uuid),
  notifications.put_template(text, jsonb), notifications.use_template(text, integer)
  to service_role, :owner_role;
grant execute on function notifications.channels_of(uuid, text) to notifications, service_role, :owner_role;
