import { importPKCS8, SignJWT } from 'jose';
import type { ProviderSettings } from '../../domain/settings.ts';

/** Apple accepts up to six months; one exchange takes seconds. */
const APPLE_SECRET_SECONDS = 300;
const APPLE_AUDIENCE = 'https://appleid.apple.com';

/**
 * The secret to present: as it was written down, or for Apple one signed for this exchange with the key given in
 * `extra` (`teamId`, `keyId`, `privateKey`).
 *
 * @throws When the key is no PKCS #8 key of the curve P-256.
 */
export async function clientSecretOf(
  key: string,
  { clientId, clientSecret, extra }: ProviderSettings,
): Promise<string> {
  const { teamId, keyId, privateKey } = extra;
  if (key !== 'apple' || teamId === undefined || keyId === undefined || privateKey === undefined) return clientSecret;
  return new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid: keyId })
    .setIssuer(teamId)
    .setSubject(clientId)
    .setAudience(APPLE_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${APPLE_SECRET_SECONDS} s`)
    .sign(await importPKCS8(privateKey, 'ES256'));
}
