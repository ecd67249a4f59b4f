export type { HashingOptions } from './adapters/native-password-hasher.ts';
export { DEFAULT_HASHING } from './adapters/native-password-hasher.ts';
export { identityContract } from './contract.ts';
export { createIdentity } from './create-identity.ts';
export type { IdentityOptions } from './create-identity.ts';
