const ME = '00000000-0000-0000-0000-000000000001';
const OTHER = '00000000-0000-0000-0000-000000000002';

export const MEMBER: { readonly role: string; readonly sub: string } = { role: 'authenticated', sub: ME };

/** Three walls: rows behind a policy, columns behind grants, tables behind both. */
export const WALLS: string = `
  create table notes (id int primary key, owner uuid not null, topic text, body text unique, parent_id int references notes);
  alter table notes enable row level security;
  create policy own on notes using (owner = nullif(current_setting('request.jwt.claims', true)::json ->> 'sub', '')::uuid);
  create view note_topics with (security_invoker = true) as select id, topic, owner from notes;
  create table people (id int primary key, name text, salary int check (salary >= 0), note_id int references notes);
  revoke all on people from anon, authenticated;
  grant select (id, name, note_id), insert (id, name), update (name), delete on people to authenticated;
  create table vault (id int primary key, person_id int references people, code text);
  revoke all on vault from anon, authenticated;
  create function count_vault() returns bigint language sql stable as 'select count(*) from vault';
  revoke all on function count_vault() from public, anon, authenticated;
  create function notes_about(about text) returns setof notes language sql stable as 'select * from notes where topic = about';
  create function shouted(notes) returns text language sql stable as 'select upper($1.body)';
  comment on table notes is '@graphql({"totalCount": {"enabled": true}, "aggregate": {"enabled": true}})';
  comment on table people is '@graphql({"totalCount": {"enabled": true}, "aggregate": {"enabled": true}})';
  insert into notes select g, '${ME}', 'mine', 'mine ' || g, null from generate_series(1, 3) g;
  insert into people values (1, 'Ada', 100, 1), (2, 'Bob', 200, null);
  insert into vault values (1, 1, 'x')`;

/** Everything in it is beyond what the callers below may see. */
export const CHANGE_THE_UNSEEN: string = `
  insert into notes select g, '${OTHER}', 'theirs', 'theirs ' || g, null from generate_series(1001, 6000) g;
  insert into notes values (9000, '${OTHER}', 'mine', 'needle', null);
  update people set salary = salary * 7 + 1;
  insert into vault select g, 1, 'code ' || g from generate_series(2, 500) g;
  analyze`;

export const BARRED: readonly { readonly role: string; readonly sub?: string }[] = [
  { role: 'anon' },
  MEMBER,
  { role: 'authenticated', sub: '00000000-0000-0000-0000-000000000003' },
];
