import { asText, isTrue, type Json, type OpenIdDefinition } from './provider-definition.ts';

const claimed = (claims: Json): boolean => isTrue(claims['email_verified']);
const OPENID_SCOPES = ['openid', 'email', 'profile'];

/** Any issuer found by discovery. */
export const customOpenId: OpenIdDefinition = {
  kind: 'openid',
  issuer: null,
  scopes: OPENID_SCOPES,
  verifiesEmail: claimed,
};

/** Providers that issue id tokens, by the key clients use. */
export const openIdProviders: Readonly<Record<string, OpenIdDefinition>> = {
  google: {
    kind: 'openid',
    issuer: 'https://accounts.google.com',
    otherIssuers: ['accounts.google.com'],
    scopes: OPENID_SCOPES,
    customClaims: ['hd'],
    verifiesEmail: claimed,
  },
  apple: {
    kind: 'openid',
    issuer: 'https://appleid.apple.com',
    scopes: ['openid', 'email', 'name'],
    customClaims: ['is_private_email'],
    // Asking for a name or an address makes Apple post its answer.
    responseMode: 'form_post',
    withoutPkce: true,
    verifiesEmail: claimed,
  },
  azure: {
    kind: 'openid',
    issuer: 'https://login.microsoftonline.com/common/v2.0',
    scopes: OPENID_SCOPES,
    customClaims: ['tid', 'oid'],
    // Anybody can run a tenant and write any address into it; this optional claim says that the domain is proven.
    verifiesEmail: (claims) => asText(claims['email']) !== null && isTrue(claims['xms_edov']),
  },
  keycloak: { ...customOpenId },
  linkedin_oidc: {
    kind: 'openid',
    issuer: 'https://www.linkedin.com/oauth',
    scopes: OPENID_SCOPES,
    withoutNonce: true,
    withoutPkce: true,
    verifiesEmail: claimed,
  },
  slack_oidc: {
    kind: 'openid',
    issuer: 'https://slack.com',
    scopes: OPENID_SCOPES,
    customClaims: ['https://slack.com/team_id'],
    verifiesEmail: claimed,
  },
};
