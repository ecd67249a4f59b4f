export type { Bus, BusHandler, BusSubscription } from './bus.ts';
export { busErrors } from './bus-errors.ts';
export { createInProcessBus } from './in-process-bus.ts';
export { createNatsBus } from './nats-bus.ts';
export type { NatsBusOptions } from './nats-bus.ts';
export { createInProcessRelay } from './in-process-relay.ts';
export { createNatsRelay } from './nats-relay.ts';
export type { NatsRelayOptions } from './nats-relay.ts';
export type { Relay, RelayedBatch, RelayFollower, RelayFollowing } from './relay.ts';
