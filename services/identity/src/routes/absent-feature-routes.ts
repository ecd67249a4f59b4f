import type { AshlarError } from '@ashlar/kernel';
import type { FastifyInstance } from 'fastify';
import { identityErrors } from '../domain/identity-errors.ts';

const WITHOUT_MAIL = 'This server does not send mail or text messages, so the call could have no effect';

interface AbsentFeature {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Opened by browsers, which send no key. */
  readonly keyless?: true;
  readonly refusal: () => AshlarError;
}

const needsMail = (): AshlarError => identityErrors.featureDisabled({ detail: WITHOUT_MAIL });
const noProvider = (): AshlarError =>
  identityErrors.validationFailed({ detail: 'Unsupported provider: provider is not enabled' });

/**
 * Endpoints clients know that rest on a feature this server has not: each says so in its client's words. Answering
 * success, as some of them do even for unknown users, would leave people waiting for a mail.
 */
const ABSENT_FEATURES: readonly AbsentFeature[] = [
  { method: 'POST', path: '/otp', refusal: needsMail },
  { method: 'POST', path: '/magiclink', refusal: needsMail },
  { method: 'POST', path: '/recover', refusal: needsMail },
  { method: 'POST', path: '/resend', refusal: needsMail },
  { method: 'GET', path: '/reauthenticate', refusal: needsMail },
  { method: 'POST', path: '/invite', refusal: needsMail },
  { method: 'POST', path: '/admin/generate_link', refusal: needsMail },
  { method: 'POST', path: '/verify', keyless: true, refusal: needsMail },
  { method: 'GET', path: '/verify', keyless: true, refusal: needsMail },
  { method: 'GET', path: '/authorize', keyless: true, refusal: noProvider },
  { method: 'GET', path: '/callback', keyless: true, refusal: noProvider },
  { method: 'POST', path: '/callback', keyless: true, refusal: noProvider },
  { method: 'POST', path: '/sso', refusal: () => identityErrors.samlProviderDisabled() },
  { method: 'GET', path: '/sso/saml/metadata', keyless: true, refusal: () => identityErrors.samlProviderDisabled() },
  { method: 'POST', path: '/sso/saml/acs', keyless: true, refusal: () => identityErrors.samlProviderDisabled() },
  {
    method: 'GET',
    path: '/user/identities/authorize',
    refusal: () => identityErrors.manualLinkingDisabled(),
  },
  {
    method: 'DELETE',
    path: '/user/identities/:id',
    refusal: () => identityErrors.manualLinkingDisabled(),
  },
  { method: 'POST', path: '/factors', refusal: () => identityErrors.mfaEnrollDisabled({ factor: 'every factor' }) },
];

export function addAbsentFeatureRoutes(app: FastifyInstance, { keyless }: { readonly keyless: boolean }): void {
  for (const feature of ABSENT_FEATURES) {
    if ((feature.keyless ?? false) !== keyless) continue;
    app.route({
      method: feature.method,
      url: feature.path,
      handler: () => {
        throw feature.refusal();
      },
    });
  }
}
