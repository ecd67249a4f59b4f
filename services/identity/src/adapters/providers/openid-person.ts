import type { Configuration } from 'openid-client';
import { normaliseEmail } from '@ashlar/delivery';
import { externalProfile, type ExternalProfile } from '../../domain/external-profile.ts';
import { asObject, asText, type Json, type OpenIdDefinition } from './provider-definition.ts';

/**
 * Reads a person from standard claims.
 *
 * @param posted What Apple posts of the name when somebody signs in for the first time; it never says it again.
 */
export function personOf(
  claims: Json,
  definition: OpenIdDefinition,
  config: Configuration,
  posted: string | null,
): ExternalProfile | null {
  const name = asObject(parse(posted)['name']);
  const custom = (definition.customClaims ?? []).map((claim) => [claim, claims[claim]] as const);
  return externalProfile(
    {
      issuer: asText(claims['iss']) ?? config.serverMetadata().issuer,
      subject: claims['sub'],
      email: asText(claims['email']),
      emailVerified: definition.verifiesEmail(claims),
      name: claims['name'],
      givenName: claims['given_name'] ?? name['firstName'],
      familyName: claims['family_name'] ?? name['lastName'],
      userName: claims['preferred_username'] ?? claims['nickname'],
      picture: claims['picture'],
      profile: claims['profile'],
      locale: claims['locale'],
      custom: Object.fromEntries(custom),
    },
    normaliseEmail,
  );
}

/** It comes through the browser, so it is a wish like any form field and proves nothing. */
function parse(posted: string | null): Json {
  if (posted === null) return {};
  try {
    return asObject(JSON.parse(posted));
  } catch {
    return {};
  }
}
