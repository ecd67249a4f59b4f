import { describe } from 'vitest';
import { describeBus } from './bus-contract.fixture.ts';
import { createInProcessBus } from './in-process-bus.ts';

describe('the bus of one process', () => {
  describeBus(() => {
    const bus = createInProcessBus({ observe: () => undefined });
    return Promise.resolve({ here: bus, there: bus });
  });
});
