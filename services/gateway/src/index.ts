export { createTokenVerifier } from './caller/create-token-verifier.ts';
export type { DoorTokenVerifier } from './caller/create-token-verifier.ts';
export { createGateway } from './gateway.ts';
export type { Gateway, GatewayOptions, Mount, Pages } from './gateway.ts';
export { DEFAULT_GATEWAY_LIMITS } from './gateway-limits.ts';
export type { GatewayLimits } from './gateway-limits.ts';
