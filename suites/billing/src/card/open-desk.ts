import type { OutsideContext } from '@ashlar/kernel';
import { tellPayment } from '../application/payments.ts';
import type { ProviderAccess } from '../application/provider-orders.ts';
import { sealedFor } from '../application/providers.ts';
import { type CardDesk, createCardDesk } from './card-desk.ts';
import { createStripeProvider } from './stripe-provider.ts';

const STRIPE = 'https://api.stripe.com';

/** What is done at a provider of an organisation; each answer is told in the name of that provider. */
export function openDesk(access: ProviderAccess, context: OutsideContext): CardDesk {
  const { id, name, baseUrl, secretKey } = access;
  return createCardDesk({
    provider: createStripeProvider({
      outbound: { request: context.request },
      baseUrl: baseUrl ?? STRIPE,
      secretKey: context.open(secretKey, sealedFor(id)),
    }),
    tell: (told) => context.call(tellPayment, { ...told, provider: name }),
  });
}
