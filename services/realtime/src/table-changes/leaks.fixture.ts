import type { LocalSettings } from '@ashlar/postgres';
import type { TestProject } from '@ashlar/testing';

/** Somebody who listens, and whom plain SQL is asked as. */
export interface Listener {
  readonly role: 'anon' | 'authenticated' | 'service_role';
  readonly claims: Readonly<Record<string, unknown>>;
}

export const LISTENERS: readonly Listener[] = [
  { role: 'anon', claims: {} },
  { role: 'authenticated', claims: { sub: 'ada', app_metadata: { tenant: 'red' }, session_id: 's1' } },
  { role: 'authenticated', claims: { sub: 'ibn', app_metadata: { tenant: 'blue' }, session_id: 's2' } },
  { role: 'authenticated', claims: { sub: 'ada', app_metadata: { tenant: 'blue' }, session_id: 's3' } },
  { role: 'service_role', claims: {} },
];

/** How a table is protected: its policies, one per way of writing them. */
const POLICIES: Readonly<Record<string, string>> = {
  own: 'create policy p on own using (owner = auth.uid())',
  legacy: `create policy p on legacy for select
    using (owner = NULLIF(current_setting('request.jwt.claims', true), '')::json ->> 'sub')`,
  wrapped: `create policy p on wrapped using (tenant = ((select auth.jwt()) -> 'app_metadata' ->> 'tenant'))`,
  membership: `create policy p on membership for select to authenticated
    using (exists (select from members m where m.room = membership.room))`,
  routine: 'create policy p on routine using (allowed(routine.*))',
  narrowed: `create policy p on narrowed using (flag or owner = auth.uid());
    create policy q on narrowed as restrictive to authenticated using (tenant <> 'green');
    create policy r on narrowed for insert with check (true)`,
  visitors: 'create policy p on visitors for select to anon using (flag)',
  closed: '',
  unprotected: 'alter table unprotected disable row level security',
  columns: `create policy p on columns using (flag or owner = auth.uid());
    revoke select on columns from authenticated; grant select (id, owner, flag) on columns to authenticated`,
};

export const TABLES: readonly string[] = Object.keys(POLICIES);

/** Tables protected in different ways, and who is a member of what; policies of `members` count in those that read it. */
export async function createLeakTables({ sql }: TestProject): Promise<void> {
  await sql(`
    create schema if not exists auth;
    create function auth.uid() returns text language sql stable as $$
      select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' $$;
    create function auth.jwt() returns jsonb language sql stable as $$
      select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
    grant usage on schema auth to anon, authenticated, service_role;
    create table members (name text, room text);
    insert into members values ('ada', 'a'), ('ada', 'b'), ('ibn', 'b');
    alter table members enable row level security;
    create policy p on members using (name = auth.uid());
    grant select on members to anon, authenticated, service_role;
    create table barrier (id int primary key);
    grant select on barrier to anon, authenticated, service_role;
    alter publication supabase_realtime add table barrier`);
  for (const table of TABLES) {
    await sql(`create table ${table} (id int primary key, owner text, room text, tenant text, flag bool);
      alter table ${table} replica identity full; alter table ${table} enable row level security;
      grant select on ${table} to anon, authenticated, service_role;
      alter publication supabase_realtime add table ${table}`);
    if (table === 'routine') {
      await sql(`create function allowed(r routine) returns bool language sql stable as $$
        select r.flag or r.tenant = auth.jwt() -> 'app_metadata' ->> 'tenant' $$`);
    }
    await sql(POLICIES[table] ?? '');
  }
}

/** What plain SQL shows a listener of a table, by id. */
export async function visibleTo(
  { database }: TestProject,
  { role, claims }: Listener,
  table: string,
): Promise<ReadonlyMap<number, unknown>> {
  const columns = table === 'columns' && role === 'authenticated' ? 'id, owner, flag' : '*';
  const settings: LocalSettings = [
    ['request.jwt.claims', JSON.stringify({ role, ...claims })],
    ['search_path', 'public'],
  ];
  const { rows } = await database.call({
    login: 'authenticator',
    role,
    settings,
    readOnly: true,
    connection: 'own',
    statement: { text: `select t.id, to_json(t) from (select ${columns} from ${table}) t`, values: [] },
  });
  return new Map(rows.map(([id, json]) => [Number(id), JSON.parse(json ?? 'null')]));
}
