-- A project may live on a server of its own. The address that is shown has no password; the one that is used is sealed
-- with the project's data key.
alter table control.projects
  drop column database_url,
  add database_server text check (length(database_server) between 1 and 400),
  add database_url_sealed bytea,
  -- Whether the removal that is under way may drop a database on a server of its own.
  add drop_database boolean not null default false,
  add constraint projects_placement_check check ((database_server is null) = (database_url_sealed is null));

grant select (database_server) on control.projects to authenticated;
