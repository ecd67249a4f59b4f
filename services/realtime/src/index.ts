export type { TokenVerifier, Verdict } from './access/token-verifier.ts';
export { realtimeContract } from './contract.ts';
export { createRealtime } from './create-realtime.ts';
export type { RealtimeOptions } from './create-realtime.ts';
export type { RealtimeLimits } from './limits.ts';
