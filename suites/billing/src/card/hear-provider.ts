import { AshlarError, commonErrors, type SuiteErrand, type SuiteHook } from '@ashlar/kernel';
import { z } from 'zod';
import { providerAccess } from '../application/provider-orders.ts';
import { orgOfHook, sealedFor } from '../application/providers.ts';
import { ProviderId } from '../domain/ids.ts';
import { providerErrors } from '../domain/provider-errors.ts';
import { openDesk } from './open-desk.ts';
import { nextLook } from './poll-plan.ts';
import { readProviderEvent } from './read-provider-event.ts';

/** The largest a provider sends is far below. */
const MAX_EVENT_BYTES = 262_144;

const About = z.object({ providerId: ProviderId, eventId: z.string(), ref: z.string(), at: z.string() });

/** Looks at the payment an event was about. What the event said of it is not believed. */
export const hearProvider: SuiteErrand = {
  name: 'billing.hear-provider',
  types: [],
  of: () => null,
  async run(about, turn, context) {
    const { providerId, eventId, ref, at } = About.parse(about);
    const access = await context.call(providerAccess, { providerId });
    try {
      const outcome = await openDesk(access, context).lookFor(eventId, ref);
      if (outcome !== 'unclear') return null;
    } catch (error) {
      // Somebody else's payment on the same account: it is none of ours, or not as it says.
      if (isForeign(error)) return null;
      throw error;
    }
    const pauseMs = nextLook(turn, context.now().getTime() - Date.parse(at));
    return pauseMs === null ? null : new Date(context.now().getTime() + pauseMs);
  },
};

/** Where a provider tells of payments. It is answered as soon as its signature is known to be right. */
export const providerEvents: SuiteHook = {
  name: 'billing.provider-events',
  summary: 'Hears events of a payment provider, signed by it.',
  route: 'POST /providers/:hook/events',
  bodyLimitBytes: MAX_EVENT_BYTES,
  orgOf: ({ hook = '' }) => orgOfHook(hook),
  async receive({ params, headers, body }, context) {
    const access = await context.call(providerAccess, { hook: params['hook'] ?? '' });
    const secrets = access.webhookSecrets.map((sealed) => context.open(sealed, sealedFor(access.id)));
    const event = readProviderEvent({ body, signature: headers['stripe-signature'] }, { secrets, now: context.now() });
    if (event.kind === 'refused') throw providerErrors.signatureInvalid();
    if (event.kind === 'ignored') return null;
    const about = { providerId: access.id, eventId: event.id, ref: event.ref, at: context.now().toISOString() };
    return { errand: hearProvider, order: { key: event.id, lane: event.ref, about } };
  },
};

function isForeign(error: unknown): boolean {
  if (!(error instanceof AshlarError)) return false;
  return FOREIGN.has(error.code);
}

const FOREIGN: ReadonlySet<string> = new Set([
  commonErrors.notFound.code,
  commonErrors.invalidInput.code,
  providerErrors.otherPayment.code,
]);
