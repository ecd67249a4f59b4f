import type { GeneralSettings, PasskeySettings } from './settings.ts';

/** Whom a credential belongs to: a browser offers it on these origins only, and its answers name them. */
export interface RelyingParty {
  readonly id: string;
  readonly name: string;
  readonly origins: readonly string[];
}

interface SiteAndPasskeys {
  readonly general: Pick<GeneralSettings, 'siteUrl'>;
  readonly passkeys: PasskeySettings;
}

/** As the settings say; without a word from them it is the site itself. */
export function relyingPartyOf({ general, passkeys }: SiteAndPasskeys): RelyingParty {
  const site = new URL(general.siteUrl);
  const id = passkeys.relyingPartyId ?? site.hostname;
  return {
    id,
    name: passkeys.relyingPartyName ?? id,
    origins: passkeys.origins.length === 0 ? [site.origin] : passkeys.origins,
  };
}

/**
 * Whether an authenticator's signature counter shows that a copy of it is in use. Many count nothing and always
 * say 0.
 *
 * @see https://www.w3.org/TR/webauthn-3/#sctn-sign-counter
 */
export function isCounterRegression(known: number, presented: number): boolean {
  return (known > 0 || presented > 0) && presented <= known;
}
