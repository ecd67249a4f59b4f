import type { Secret } from '../../api/account-settings.ts';

/** Whether there is a secret that is not told. */
export function isSecretSet(secret: Secret | undefined): boolean {
  return typeof secret === 'object' && secret.set;
}
