import { findNatsServer, type NatsServer, startNatsServer } from '@ashlar/testing';
import type { Observation } from '@ashlar/telemetry';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bytesOf, describeBus, textOf } from './bus-contract.fixture.ts';
import type { Bus } from './bus.ts';
import { createNatsBus } from './nats-bus.ts';

const PATIENCE_MS = 20_000;

describe.skipIf(findNatsServer() === null)('the bus over NATS', () => {
  let server: NatsServer;
  let open: Bus[] = [];
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

  function bus(namespace = 'test', secret = 'secret'): Bus {
    const opened = createNatsBus({ url: server.url, namespace, secret, observe: (seen) => observed.push(seen) });
    open.push(opened);
    return opened;
  }

  const connected = (count: number): Promise<unknown> =>
    expect
      .poll(() => observed.filter(({ kind }) => kind === 'bus.connected').length, { timeout: PATIENCE_MS })
      .toBe(count);

  describeBus(async () => {
    const ends = { here: bus(), there: bus() };
    await connected(2);
    return ends;
  });

  test('instances on one server do not hear each other', async () => {
    const [ours, theirs] = [bus('ours'), bus('theirs')];
    await connected(2);
    const heard: string[] = [];
    await Promise.all(
      [ours, theirs].map((one, index) => one.subscribe('a', (bytes) => heard.push(`${index} ${textOf(bytes)}`)).ready),
    );
    ours.publish('a', bytesOf('1'));
    theirs.publish('a', bytesOf('2'));
    await expect.poll(() => heard.toSorted()).toEqual(['0 1', '1 2']);
  });

  test('what is not signed with the secret of the instance is not heard', async () => {
    const [here, there, stranger] = [bus(), bus(), bus('test', 'guessed')];
    await connected(3);
    const heard: string[] = [];
    await here.subscribe('a', (bytes) => heard.push(textOf(bytes))).ready;
    stranger.publish('a', bytesOf('forged'));
    await expect.poll(() => observed.filter(({ kind }) => kind === 'bus.handler-failed')).toHaveLength(1);
    there.publish('a', bytesOf('true'));
    await expect.poll(() => heard).toEqual(['true']);
  });

  test(
    'a server that is killed is done without, and made use of when it is back',
    { timeout: PATIENCE_MS * 3 },
    async () => {
      const [here, there] = [bus(), bus()];
      await connected(2);
      const heard: string[] = [];
      await Promise.all([
        here.subscribe('a', (bytes) => heard.push(`here ${textOf(bytes)}`)).ready,
        there.subscribe('a', (bytes) => heard.push(`there ${textOf(bytes)}`)).ready,
      ]);
      await server.kill();
      await expect
        .poll(() => observed.filter(({ kind }) => kind === 'bus.lost').length, { timeout: PATIENCE_MS })
        .toBeGreaterThan(1);
      here.publish('a', bytesOf('away'));
      await expect.poll(() => heard).toEqual(['here away']);
      await server.start();
      await connected(4);
      await expect
        .poll(
          () => {
            here.publish('a', bytesOf('back'));
            return heard.includes('there back');
          },
          { timeout: PATIENCE_MS },
        )
        .toBe(true);
      expect(heard).not.toContain('there away');
    },
  );

  test('a server that is not there yet keeps nobody waiting', { timeout: PATIENCE_MS * 3 }, async () => {
    await server.kill();
    const here = bus();
    const heard: string[] = [];
    const subscription = here.subscribe('a', (bytes) => heard.push(textOf(bytes)));
    here.publish('a', bytesOf('1'));
    await expect.poll(() => heard).toEqual(['1']);
    await server.start();
    await subscription.ready;
    const there = bus();
    await connected(2);
    there.publish('a', bytesOf('2'));
    await expect.poll(() => heard, { timeout: PATIENCE_MS }).toEqual(['1', '2']);
  });
});
