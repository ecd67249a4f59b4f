import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRealtimeFixture, type RawClient, type RealtimeFixture } from './realtime-fixture.ts';
import { createLeakTables, LISTENERS, type Listener } from './table-changes/leaks.fixture.ts';

const TOPICS = ['a', 'b', 'c', 'lobby', 'red', 'nobody'];

let realtime: RealtimeFixture;

beforeAll(async () => {
  realtime = await createRealtimeFixture();
  await createLeakTables(realtime.project);
  await realtime.project.sql(`
    create policy rooms on realtime.messages for select to authenticated
      using (exists (select from members m where m.room = realtime.topic()));
    create policy lobby on realtime.messages for select using (topic = 'lobby' and extension = 'broadcast');
    create policy tenant on realtime.messages for select
      using (extension = 'presence' and topic = auth.jwt() -> 'app_metadata' ->> 'tenant');
    create policy never on realtime.messages as restrictive for select using (topic <> 'nobody');
    create policy speak on realtime.messages for insert to authenticated with check (extension = 'presence' or topic <> 'b')`);
});

afterAll(() => realtime?.[Symbol.asyncDispose]());

/** Which rows of a topic plain SQL shows a listener. */
async function readable({ role, claims }: Listener, topic: string): Promise<readonly string[]> {
  const settings = { 'request.jwt.claims': JSON.stringify({ role, ...claims }), 'realtime.topic': topic };
  const { rows } = await realtime.project.database.call({
    login: 'authenticator',
    role,
    settings: Object.entries(settings),
    readOnly: true,
    connection: 'own',
    statement: {
      text: 'select distinct extension from realtime.messages where topic = $1 and not private order by 1',
      values: [topic],
    },
  });
  return rows.map(([extension]) => extension ?? '');
}

function heard({ frames }: RawClient, topic: string): readonly string[] {
  const kinds = frames.flatMap((frame) => {
    if (!Array.isArray(frame) || frame[2] !== `realtime:${topic}`) return [];
    if (frame[3] === 'broadcast') return ['broadcast'];
    return frame[3] === 'presence_diff' ? ['presence'] : [];
  });
  return [...new Set(kinds)].toSorted();
}

test('private channels carry to everybody what plain SQL lets them read, and nothing else', async () => {
  // Rows for plain SQL to look at; the service makes and removes its own. They are public, so no private room hears of them.
  for (const topic of TOPICS) {
    await realtime.project.sql(
      `insert into realtime.messages (topic, extension) values ($1, 'broadcast'), ($1, 'presence')`,
      [topic],
    );
  }
  const config = { private: true, broadcast: { ack: true, replication_ready: true }, presence: { enabled: true } };
  const clients = await Promise.all(
    LISTENERS.map(({ role, claims }) => realtime.connect({ key: realtime.token({ role, ...claims }) })),
  );
  for (const client of clients) {
    client.send(...TOPICS.map((topic) => ['1', topic, `realtime:${topic}`, 'phx_join', { config }]));
  }
  const wanted = await Promise.all(
    LISTENERS.map((listener) => Promise.all(TOPICS.map((topic) => readable(listener, topic)))),
  );
  for (const [index, client] of clients.entries()) {
    for (const [place, topic] of TOPICS.entries()) {
      const status = wanted[index]?.[place]?.length === 0 ? 'error' : 'ok';
      expect((await client.heard('phx_reply', topic))[4], `${JSON.stringify(LISTENERS[index])} ${topic}`).toMatchObject(
        { status },
      );
    }
  }
  const speaker = await realtime.connect({ key: realtime.token({ role: 'service_role' }) });
  for (const topic of TOPICS) {
    const name = `realtime:${topic}`;
    speaker.send(
      ['1', topic, name, 'phx_join', { config }],
      ['1', `p ${topic}`, name, 'presence', { type: 'presence', event: 'track', payload: { here: true } }],
      ['1', `b ${topic}`, name, 'broadcast', { type: 'broadcast', event: 'e', payload: {} }],
    );
    await speaker.heard('phx_reply', `b ${topic}`);
  }
  await speaker.heard('system');
  await realtime.project.sql(`select realtime.send('{}', 'last', 'lobby')`);
  // All of them may hear the lobby, where the last word is spoken.
  const isDone = (): boolean => clients.every((client) => JSON.stringify(client.frames).includes('"last"'));
  await expect.poll(isDone, { timeout: 10_000 }).toBe(true);
  expect(clients.map((client) => TOPICS.map((topic) => heard(client, topic)))).toEqual(wanted);
  for (const { socket } of [...clients, speaker]) socket.close();
});
