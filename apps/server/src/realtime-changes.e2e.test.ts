import {
  createClient,
  type RealtimeChannel,
  type RealtimePostgresChangesPayload,
  type SupabaseClient,
} from '@supabase/supabase-js';
import { startServer, type RunningServer } from '@ashlar/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

let server: RunningServer;
const clients: SupabaseClient[] = [];

beforeAll(async () => {
  server = await startServer();
  await server.sql(`
    create table messages (id bigint generated always as identity primary key, room text, body text, tags text[]);
    create table notes (id uuid primary key default gen_random_uuid(), owner uuid default auth.uid(), body text);
    alter table notes enable row level security;
    alter table notes replica identity full;
    create policy own on notes using (owner = auth.uid());
    alter publication supabase_realtime add table messages, notes;
    create policy listen on realtime.messages for select to authenticated using (true);
    create function tell() returns trigger language plpgsql security definer as $$ begin
      perform realtime.broadcast_changes('notes', tg_op, tg_op, tg_table_name, tg_table_schema, new, old); return null; end $$;
    create trigger tell after insert on notes for each row execute function tell();`);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.removeAllChannels()));
});

afterAll(() => server?.stop());

function connect(vsn: string, key = server.publishableKey): SupabaseClient {
  const client = createClient(server.url, key, {
    auth: { persistSession: false, autoRefreshToken: false, storageKey: `c${clients.length}` },
    realtime: { vsn },
  });
  clients.push(client);
  return client;
}

async function signUp(client: SupabaseClient): Promise<string> {
  const { data, error } = await client.auth.signUp({
    email: `${crypto.randomUUID()}@example.org`,
    password: 'correct horse battery',
  });
  expect(error).toBeNull();
  await client.realtime.setAuth();
  return data.user?.id ?? '';
}

type Change = RealtimePostgresChangesPayload<Record<string, unknown>>;

/** Resolves once the server says that changes are captured. */
async function captured(channel: RealtimeChannel): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  channel.on('system', {}, (message: { extension: string; status: string }) => {
    if (message.extension === 'postgres_changes') resolve(message.status);
  });
  const joined = Promise.withResolvers<string>();
  channel.subscribe((status) => joined.resolve(status));
  expect(await joined.promise).toBe('SUBSCRIBED');
  expect(await promise).toBe('ok');
}

describe.each(['1.0.0', '2.0.0'])('over vsn %s', (vsn) => {
  test('changes of tables reach who asked for them, by event, schema and filter', async () => {
    const client = connect(vsn);
    const heard = new Map<string, Change[]>();
    const listen = (name: string) => (payload: Change) => heard.set(name, [...(heard.get(name) ?? []), payload]);
    const channel = client
      .channel('changes')
      .on('postgres_changes', { event: '*', schema: '*' }, listen('all'))
      .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'messages' }, listen('inserts'))
      .on(
        'postgres_changes',
        { event: 'UPDATE', schema: 'public', table: 'messages', filter: 'room=eq.hall' },
        listen('hall'),
      )
      .on('postgres_changes', { event: 'DELETE', schema: 'public', table: 'messages' }, listen('deletes'));
    await captured(channel);
    const rest = client.from('messages');
    const { data } = await rest
      .insert([
        { room: 'hall', body: 'one', tags: ['a', 'b'] },
        { room: 'yard', body: 'two' },
      ])
      .select();
    const ids = (data ?? []).map(({ id }: { id: number }) => id);
    await rest.update({ body: 'three' }).in('id', ids);
    await rest.delete().in('id', ids);
    await expect.poll(() => heard.get('all')?.length).toBe(6);
    expect(heard.get('inserts')?.map((change) => change.new)).toEqual([
      { id: ids[0], room: 'hall', body: 'one', tags: ['a', 'b'] },
      { id: ids[1], room: 'yard', body: 'two', tags: null },
    ]);
    expect(heard.get('hall')).toMatchObject([
      { eventType: 'UPDATE', schema: 'public', table: 'messages', errors: null, new: { room: 'hall', body: 'three' } },
    ]);
    expect(heard.get('deletes')?.map((change) => change.old)).toEqual(ids.map((id: number) => ({ id })));
  });

  test('each hears of the rows they may see, the service of all, and after the session nobody of any', async () => {
    const [ada, ibn, anonymous, service] = [connect(vsn), connect(vsn), connect(vsn), connect(vsn, server.secretKey)];
    const adaId = await signUp(ada);
    await signUp(ibn);
    const everybody = [ada, ibn, anonymous, service];
    const heard: string[][] = everybody.map(() => []);
    await Promise.all(
      everybody.map((client, index) =>
        captured(
          client
            .channel('notes')
            .on('postgres_changes', { event: '*', schema: 'public', table: 'notes' }, (change: Change) => {
              const { body } = change.new as { body?: string };
              heard[index]?.push(`${change.eventType} ${body ?? Object.keys(change.old).join()}`);
            }),
        ),
      ),
    );
    await ada.from('notes').insert({ body: `ada ${vsn}` });
    await ibn.from('notes').insert({ body: `ibn ${vsn}` });
    await ada.from('notes').update({ body: 'changed' }).eq('owner', adaId);
    await expect.poll(() => heard[3]).toHaveLength(3);
    await ada.from('notes').delete().eq('owner', adaId);
    await expect
      .poll(() => heard)
      .toEqual([
        [`INSERT ada ${vsn}`, 'UPDATE changed', 'DELETE id'],
        [`INSERT ibn ${vsn}`],
        [],
        [`INSERT ada ${vsn}`, `INSERT ibn ${vsn}`, 'UPDATE changed', 'DELETE id,owner,body'],
      ]);
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    ada.getChannels()[0]?.on('system', {}, ({ message }: { message: string }) => resolve(message));
    const { data } = await ada.auth.getSession();
    await fetch(`${server.url}/auth/v1/logout`, {
      method: 'POST',
      headers: { apikey: server.publishableKey, authorization: `Bearer ${data.session?.access_token}` },
    });
    expect(await ended).toBe('JWT revoked: its session has ended');
    await server.sql(`insert into notes (owner, body) values ($1, 'late')`, [adaId]);
    await expect.poll(() => heard[3]).toHaveLength(5);
    expect(heard[0]).toHaveLength(3);
  });

  test('what SQL sends is heard in the channel it names', async () => {
    const client = connect(vsn);
    await signUp(client);
    const config = { private: true, broadcast: { replication_ready: true } };
    const channel = client.channel('notes', { config });
    const heard: unknown[] = [];
    channel.on('broadcast', { event: '*' }, (message) => heard.push(message));
    const { promise: ready, resolve } = Promise.withResolvers<unknown>();
    channel.on('system', {}, resolve);
    channel.subscribe();
    expect(await ready).toMatchObject({ status: 'ok', message: 'Replication connection established' });
    await server.sql(`select realtime.send('{"n": 1}', 'news', 'notes')`);
    await client.from('notes').insert({ body: 'told by a trigger' });
    const id = expect.any(String);
    await expect
      .poll(() => heard)
      .toMatchObject([
        { event: 'news', payload: { n: 1, id }, meta: { id } },
        { event: 'INSERT', payload: { operation: 'INSERT', record: { body: 'told by a trigger' }, old_record: null } },
      ]);
  });
});
