export { createOutbound } from './outbound.ts';
export type { Outbound, OutboundOptions, OutboundRequest, OutboundResponse } from './outbound.ts';
export { outboundErrors } from './outbound-errors.ts';
export { outboundFetch } from './outbound-fetch.ts';
export type { OutboundFetch } from './outbound-fetch.ts';
export type { ResolveHost } from './resolve-host.ts';
