const NAMES: Readonly<Record<string, string>> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  linkedin_oidc: 'LinkedIn',
  slack_oidc: 'Slack',
  azure: 'Microsoft',
  workos: 'WorkOS',
};

/** What a service to sign in with calls itself. */
export function providerName(key: string): string {
  const name = key.replace(/^custom:/, '');
  return NAMES[name] ?? `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;
}
