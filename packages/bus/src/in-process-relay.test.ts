import { describe } from 'vitest';
import { createInProcessRelay } from './in-process-relay.ts';
import { describeRelay } from './relay-contract.fixture.ts';

describe('the relay of one process', () => {
  describeRelay(() => {
    const relay = createInProcessRelay({ observe: () => undefined });
    return Promise.resolve({ here: relay, there: relay });
  });
});
