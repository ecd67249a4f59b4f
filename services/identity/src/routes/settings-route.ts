import type { FastifyInstance } from 'fastify';

/** Providers clients ask about; each turns true with its feature. */
const OAUTH_PROVIDERS = [
  'apple',
  'azure',
  'bitbucket',
  'discord',
  'facebook',
  'figma',
  'fly',
  'github',
  'gitlab',
  'google',
  'kakao',
  'keycloak',
  'linkedin_oidc',
  'notion',
  'slack',
  'slack_oidc',
  'snapchat',
  'spotify',
  'twitch',
  'twitter',
  'workos',
  'x',
  'zoom',
] as const;

export function addSettingsRoute(app: FastifyInstance): void {
  app.get('/settings', (request) => {
    const { auth } = request.ashlar.project.settings;
    return {
      external: {
        anonymous_users: auth.anonymousEnabled,
        ...Object.fromEntries(OAUTH_PROVIDERS.map((provider) => [provider, false])),
        email: auth.emailEnabled,
        phone: false,
      },
      disable_signup: auth.disableSignup,
      mailer_autoconfirm: auth.autoconfirmEmail,
      phone_autoconfirm: false,
      sms_provider: '',
      saml_enabled: false,
      passkeys_enabled: false,
    };
  });
}
