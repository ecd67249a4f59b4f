import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startInstance, type Instance, type InstanceFolder } from '../instance/instance.ts';

export interface WebhookFigures {
  /** From the first commit to the last delivery that is written down, to one receiver. */
  readonly deliveriesPerSecond: number;
  /** The same to four of them. */
  readonly toFourPerSecond: number;
}

const EVENTS = 10_000;
const EVENTS_PER_COMMIT = 100;
const PATIENCE_MS = 120_000;

/** Events from their commit to receivers in this process that answer at once, each with its row in the delivery log. */
export async function measureWebhooks(folder: Omit<InstanceFolder, 'flags'>): Promise<WebhookFigures> {
  const instance = await startInstance({ ...folder, flags: { 'outbound-allow': '127.0.0.1' } });
  const client = new Client(instance.login('owner'));
  const receiver = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end());
  });
  try {
    receiver.listen(0, '127.0.0.1');
    await Promise.all([once(receiver, 'listening'), client.connect()]);
    await addEndpoints(instance, receiver, 'app.warm-up.*', 1);
    await perSecond(client, 'app.warm-up.done', 1);
    await addEndpoints(instance, receiver, 'app.one.*', 1);
    const deliveriesPerSecond = await perSecond(client, 'app.one.done', 1);
    await addEndpoints(instance, receiver, 'app.four.*', 4);
    return { deliveriesPerSecond, toFourPerSecond: await perSecond(client, 'app.four.done', 4) };
  } finally {
    await client.end();
    receiver.closeAllConnections();
    receiver.close();
    await instance.stop();
  }
}

async function addEndpoints(instance: Instance, receiver: Server, type: string, count: number): Promise<void> {
  const { port } = receiver.address() as AddressInfo;
  for (let index = 0; index < count; index += 1) {
    const answer = await fetch(`${instance.url}/webhooks/v1/endpoints`, {
      method: 'POST',
      headers: { apikey: instance.keys.keys.serviceRoleKey, 'content-type': 'application/json' },
      body: JSON.stringify({ url: `http://127.0.0.1:${port}/${index}`, event_types: [type] }),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
  }
}

async function perSecond(client: Client, type: string, endpoints: number): Promise<number> {
  const startedAt = performance.now();
  for (let emitted = 0; emitted < EVENTS; emitted += EVENTS_PER_COMMIT) {
    await client.query(`select events.emit($1, 's-' || n, '{"total": 12}') from generate_series(1, $2::int) n`, [
      type,
      EVENTS_PER_COMMIT,
    ]);
  }
  for (;;) {
    const { rows } = await client.query<{ delivered: number }>(
      `select count(*)::int as delivered from webhooks.deliveries where event_type = $1 and state = 'delivered'`,
      [type],
    );
    const elapsedMs = performance.now() - startedAt;
    if (rows[0]?.delivered === EVENTS * endpoints) return (EVENTS * endpoints * 1000) / elapsedMs;
    if (elapsedMs > PATIENCE_MS) throw new Error(`Only ${rows[0]?.delivered} of ${EVENTS * endpoints} were delivered`);
    await sleep(100);
  }
}
