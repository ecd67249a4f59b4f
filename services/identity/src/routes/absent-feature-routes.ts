import type { AshlarError } from '@ashlar/kernel';
import type { FastifyInstance } from 'fastify';
import { identityErrors } from '../domain/identity-errors.ts';

interface AbsentFeature {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Opened by browsers, which send no key. */
  readonly keyless?: true;
  readonly refusal: () => AshlarError;
}

/**
 * Endpoints clients know that rest on a feature this server has not: each says so in its client's words. Answering
 * success, as some of them do even for unknown users, would leave people waiting for a mail.
 */
const ABSENT_FEATURES: readonly AbsentFeature[] = [
  { method: 'POST', path: '/sso', refusal: () => identityErrors.samlProviderDisabled() },
  { method: 'GET', path: '/sso/saml/metadata', keyless: true, refusal: () => identityErrors.samlProviderDisabled() },
  { method: 'POST', path: '/sso/saml/acs', keyless: true, refusal: () => identityErrors.samlProviderDisabled() },
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
