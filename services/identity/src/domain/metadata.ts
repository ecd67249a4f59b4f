import type { Metadata } from './user.ts';

/** Lays `changes` over what is there, one level deep; null takes a key away. */
export function mergeMetadata(current: Metadata, changes: Metadata): Metadata {
  return Object.fromEntries(Object.entries({ ...current, ...changes }).filter(([, value]) => value !== null));
}

/** `app_metadata` of an account signed up by these providers, in this order; the first is the one it began with. */
export function providersMetadata(providers: readonly string[]): Metadata {
  return providers.length === 0 ? {} : { provider: providers[0], providers };
}
