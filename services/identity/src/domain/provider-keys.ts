/** Providers clients ask about in the settings, whether this server can reach them or not. */
export const KNOWN_PROVIDERS = [
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

const CUSTOM_PREFIX = 'custom:';

/** Whether the key names an issuer an administrator added. */
export function isCustomProvider(key: string): boolean {
  return key.startsWith(CUSTOM_PREFIX);
}
