import { randomUUID } from 'node:crypto';
import type { Observation } from '@ashlar/telemetry';
import { findNatsServer, type NatsServer, startNatsServer } from '@ashlar/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createNatsRelay } from './nats-relay.ts';
import { batch, describeRelay, Ear } from './relay-contract.fixture.ts';
import type { Relay } from './relay.ts';

const PATIENCE_MS = 20_000;

describe.skipIf(findNatsServer() === null)('the relay over JetStream', () => {
  let server: NatsServer;
  let open: Relay[] = [];
  let observed: Observation[] = [];
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterEach(async () => {
    await Promise.all(open.map((one) => one.close()));
    open = [];
    observed = [];
  });
  afterAll(() => server.close());

  function relay(namespace: string): Relay {
    const opened = createNatsRelay({ url: server.url, namespace, observe: (seen) => observed.push(seen) });
    open.push(opened);
    return opened;
  }

  /** Until it does, whoever publishes has to say it otherwise. */
  const takes = (one: Relay): Promise<void> =>
    expect.poll(() => one.publish(batch(randomUUID(), { kind: 'warm-up' })), { timeout: PATIENCE_MS }).toBe(true);

  describeRelay(async () => {
    const namespace = randomUUID();
    const ends = { here: relay(namespace), there: relay(namespace) };
    await Promise.all([takes(ends.here), takes(ends.there)]);
    return ends;
  });

  test('a follower goes on where it left off, in another process', async () => {
    const namespace = randomUUID();
    const [here, there] = [relay(namespace), relay(namespace)];
    const [before, after] = [new Ear('same'), new Ear('same')];
    there.follow(before);
    await Promise.all([before.listens(), takes(here)]);
    await here.publish(batch('1'));
    await before.hears(['shop 1']);
    await there.close();
    expect(await here.publish(batch('2'))).toBe(true);
    relay(namespace).follow(after);
    await after.hears(['shop 2']);
  });

  test(
    'a server killed and emptied takes nothing, tells its followers that some may be missing, and is used again',
    { timeout: PATIENCE_MS * 3 },
    async () => {
      const namespace = randomUUID();
      const [here, there] = [relay(namespace), relay(namespace)];
      const ear = new Ear('one');
      there.follow(ear);
      await Promise.all([ear.listens(), takes(here)]);
      await here.publish(batch('1'));
      await ear.hears(['shop 1']);
      await server.kill();
      expect(await here.publish(batch('2'))).toBe(false);
      await server.empty();
      await server.start();
      await ear.listens(2);
      await takes(here);
      await here.publish(batch('3'));
      await ear.hears(['shop 1', 'shop 3']);
    },
  );

  test('a stream of somebody else under its name is not made use of', async () => {
    const namespace = randomUUID();
    const connection = await connect({ servers: server.url });
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: `${namespace}-log`, subjects: [`${namespace}.log.>`], max_age: 0 });
    const here = relay(namespace);
    await expect
      .poll(() => observed, { timeout: PATIENCE_MS })
      .toMatchObject([{ kind: 'bus.lost', error: { code: 'bus.relay_unsupported' } }]);
    expect(await here.publish(batch('1'))).toBe(false);
    await connection.close();
  });
});
