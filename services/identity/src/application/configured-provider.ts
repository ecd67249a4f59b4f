import { identityErrors } from '../domain/identity-errors.ts';
import type { IdentitySettings } from '../domain/settings.ts';
import type { ConfiguredProvider, ProviderClient } from './provider-client.ts';

/**
 * The provider of this key as it is set up.
 *
 * @throws {AshlarError} `identity.validation_failed` when it is unknown, not set up or switched off.
 */
export function configuredProvider(
  client: ProviderClient,
  { providers }: Pick<IdentitySettings, 'providers'>,
  key: string,
): ConfiguredProvider {
  const settings = Object.hasOwn(providers, key) ? providers[key] : undefined;
  if (settings === undefined || !settings.enabled || settings.clientId === '' || !client.supports(key)) {
    throw identityErrors.validationFailed({ detail: 'Unsupported provider: provider is not enabled' });
  }
  return { key, settings };
}

/** Every provider that is set up and switched on. */
export function enabledProviders(
  client: ProviderClient,
  { providers }: Pick<IdentitySettings, 'providers'>,
): readonly ConfiguredProvider[] {
  return Object.entries(providers)
    .filter(([key, settings]) => settings.enabled && settings.clientId !== '' && client.supports(key))
    .map(([key, settings]) => ({ key, settings }));
}
