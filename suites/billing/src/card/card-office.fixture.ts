import { randomUUID } from 'node:crypto';
import type { ErrandOrder, OutsideContext, SuiteErrand } from '@ashlar/kernel';
import { createOutbound } from '@ashlar/outbound';
import { ignoreObservations } from '@ashlar/telemetry';
import { DEFAULT_ORG } from '@ashlar/testing';
import { setProvider } from '../application/providers.ts';
import type { Office } from '../billing.fixture.ts';
import { askProvider } from './ask-provider.ts';
import { API_KEY, startStripeStandIn, type StripeStandIn, WEBHOOK_SECRET } from './stripe-stand-in.fixture.ts';

interface Waiting {
  readonly errand: SuiteErrand;
  readonly order: ErrandOrder;
  readonly turn: number;
  readonly at: Date;
}

/** An office whose cards are charged at a stand-in, with errands that are run when the test says so. */
export interface CardOffice extends AsyncDisposable {
  readonly provider: StripeStandIn;
  readonly context: OutsideContext;
  setNow(now: Date): void;
  /** Hears what was emitted, and does what is due; what is due later waits. @returns How many turns were done. */
  run(): Promise<number>;
  /** When the next turn is due, by the clock of the test. */
  next(): Date | null;
}

export async function openCardOffice({ project, call }: Office, start: Date): Promise<CardOffice> {
  let now = start;
  const provider = await startStripeStandIn(() => now);
  const outbound = createOutbound({ allow: ['127.0.0.1'], observe: ignoreObservations });
  await call(setProvider, {
    name: 'stripe',
    secretKey: API_KEY,
    webhookSecret: WEBHOOK_SECRET,
    publishableKey: 'pk_test_shop',
    baseUrl: provider.url,
  });
  const context: OutsideContext = {
    orgId: DEFAULT_ORG,
    request: (request) => outbound.request({ ...request, timeoutMs: 2000 }),
    open: project.sealer.open,
    now: () => now,
    call: (contract, input) =>
      project.callAt(() => now)(contract, input, {
        as: { role: 'billing', claims: {} },
        trusted: true,
        via: 'job',
        requestId: randomUUID(),
      }),
  };
  let seen = 0;
  let waiting: Waiting[] = [];

  async function hear(): Promise<void> {
    const events = await project.events();
    for (const event of events.slice(seen)) {
      if (!askProvider.types.includes(event.type)) continue;
      const order = askProvider.of(event as never);
      if (order !== null) waiting.push({ errand: askProvider, order, turn: 0, at: now });
    }
    seen = events.length;
  }

  return {
    provider,
    context,
    setNow: (next) => void (now = next),
    async run() {
      await hear();
      const due = waiting.filter(({ at }) => at <= now);
      waiting = waiting.filter(({ at }) => at > now);
      for (const { errand, order, turn } of due) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as in a lane.
        const at = await errand.run(order.about, turn, context);
        if (at !== null) waiting.push({ errand, order, turn: turn + 1, at });
      }
      return due.length;
    },
    next: () => waiting.map(({ at }) => at).toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null,
    async [Symbol.asyncDispose]() {
      await outbound.close();
      await provider[Symbol.asyncDispose]();
    },
  };
}
