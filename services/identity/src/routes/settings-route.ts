import type { FastifyInstance } from 'fastify';
import { enabledProviders } from '../application/configured-provider.ts';
import type { IdentityParts } from '../application/visit.ts';
import { KNOWN_PROVIDERS } from '../domain/provider-keys.ts';

export function addSettingsRoute(app: FastifyInstance, { providers }: Pick<IdentityParts, 'providers'>): void {
  app.get('/settings', (request) => {
    const { general, email, phone, passkeys } = request.identitySettings;
    const enabled = enabledProviders(providers, request.identitySettings);
    return {
      external: {
        anonymous_users: general.anonymousEnabled,
        ...Object.fromEntries(KNOWN_PROVIDERS.map((key) => [key, false])),
        ...Object.fromEntries(enabled.map(({ key }) => [key, true])),
        email: email.enabled,
        phone: phone.enabled,
      },
      disable_signup: general.disableSignup,
      mailer_autoconfirm: email.autoconfirm,
      phone_autoconfirm: phone.autoconfirm,
      sms_provider: phone.twilio === null ? '' : 'twilio',
      saml_enabled: false,
      passkeys_enabled: passkeys.enabled,
    };
  });
}
