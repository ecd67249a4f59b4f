import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface StandIntent {
  id: string;
  amount: number;
  currency: string;
  manual: boolean;
  status: string;
  capturable: number;
  received: number;
  refunded: number;
  /** Null: never. */
  dispute: string | null;
  reason: string | null;
  fault: { code: string; decline_code?: string } | null;
  visit: string | null;
  metadata: Record<string, string>;
}

/** A stand-in for the provider: its documented requests and answers, on this machine, with money of its own. */
export interface StripeStandIn extends AsyncDisposable {
  readonly url: string;
  readonly intents: ReadonlyMap<string, StandIntent>;
  /** What it has charged and not given back. */
  net(): number;
  /** Does the next change and hangs up instead of answering. */
  swallowNextAnswer(): void;
  /** Does the next change of such a path, and answers when it is let. */
  holdNextAnswer(path: RegExp): { readonly acted: Promise<void>; readonly release: () => void };
  /** What it was asked to change under keys it did not know, such as `confirm`, and of which payment of ours. */
  readonly changes: readonly { readonly verb: string; readonly paymentId: string }[];
  /** Answers the next request by this status. */
  failNext(status: number): void;
  /** The payer has been at their bank. */
  finishVisit(ref: string): void;
  /** A bank asks the money back, or decides: `needs_response`, `won`, `lost`. */
  dispute(ref: string, status: string): void;
  /** Nobody took what was held in time. */
  expire(ref: string): void;
  /** Somebody gives money back in the provider's own pages. */
  refundByHand(ref: string, amount: number): void;
  /** An event as it would be sent. */
  event(
    type: string,
    object: Record<string, unknown>,
    at?: Date,
    secret?: string,
  ): { body: Uint8Array; signature: string };
}

export const WEBHOOK_SECRET = 'whsec_a_secret_of_the_stand_in';
export const API_KEY = 'sk_test_stand_in';

const id = (prefix: string): string => `${prefix}_${randomBytes(9).toString('hex')}`;

export async function startStripeStandIn(now: () => Date): Promise<StripeStandIn> {
  const intents = new Map<string, StandIntent>();
  const answers = new Map<string, { request: string; status: number; body: string }>();
  let swallow = false;
  let failure: number | null = null;
  let hold: { path: RegExp; acted: () => void; released: Promise<void> } | null = null;
  const changes: { verb: string; paymentId: string }[] = [];

  const server = createServer((request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const reply = (status: number, body: string): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    };
    if (failure !== null) {
      const status = failure;
      failure = null;
      return reply(status, '{}');
    }
    if (request.headers.authorization !== `Bearer ${API_KEY}`) {
      return reply(401, JSON.stringify({ error: { type: 'invalid_request_error', message: 'Invalid API Key' } }));
    }
    const key = request.headers['idempotency-key'];
    const asked = `${request.method} ${request.url} ${text}`;
    const known = typeof key === 'string' ? answers.get(key) : undefined;
    if (known !== undefined && known.request !== asked) {
      return reply(400, JSON.stringify({ error: { type: 'idempotency_error', message: 'Keys are for one request' } }));
    }
    const url = new URL(request.url ?? '', 'http://x');
    const form = request.method === 'GET' ? url.searchParams : new URLSearchParams(text);
    const done = known ?? act(request.method ?? '', url.pathname, form);
    if (known === undefined && request.method === 'POST') noteChange(url.pathname, form);
    if (typeof key === 'string') answers.set(key, { request: asked, status: done.status, body: done.body });
    if (hold?.path.test(url.pathname) === true && request.method === 'POST') {
      const { acted, released } = hold;
      hold = null;
      acted();
      await released;
    }
    if (swallow && request.method === 'POST') {
      swallow = false;
      response.destroy();
      return;
    }
    reply(done.status, done.body);
  }

  function noteChange(path: string, form: URLSearchParams): void {
    const parts = path.split('/');
    const of = intents.get(form.get('payment_intent') ?? parts[3] ?? '')?.metadata['payment_id'];
    changes.push({ verb: parts.at(-1) ?? '', paymentId: of ?? form.get('metadata[payment_id]') ?? '' });
  }

  function act(method: string, path: string, form: URLSearchParams): { status: number; body: string } {
    if (method === 'POST' && path === '/v1/payment_intents') {
      const intent: StandIntent = {
        id: id('pi'),
        amount: Number(form.get('amount')),
        currency: form.get('currency') ?? '',
        manual: form.get('capture_method') === 'manual',
        status: 'requires_payment_method',
        capturable: 0,
        received: 0,
        refunded: 0,
        dispute: null,
        reason: null,
        fault: null,
        visit: null,
        metadata: {
          payment_id: form.get('metadata[payment_id]') ?? '',
          org_id: form.get('metadata[org_id]') ?? '',
          tries: form.get('metadata[tries]') ?? '',
        },
      };
      intents.set(intent.id, intent);
      return ok(intent);
    }
    if (method === 'POST' && path === '/v1/refunds') {
      const refunded = intents.get(form.get('payment_intent') ?? '');
      const amount = Number(form.get('amount'));
      if (refunded === undefined || refunded.refunded + amount > refunded.received)
        return refuse('charge_already_refunded');
      refunded.refunded += amount;
      return { status: 200, body: JSON.stringify({ id: id('re'), object: 'refund', amount, status: 'succeeded' }) };
    }
    if (method === 'GET' && path === '/v1/disputes') {
      const status = intents.get(form.get('payment_intent') ?? '')?.dispute ?? null;
      const data = status === null ? [] : [{ id: 'dp_1', object: 'dispute', status }];
      return { status: 200, body: JSON.stringify({ object: 'list', data }) };
    }
    const [, ref = '', verb] = /^\/v1\/payment_intents\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
    const intent = intents.get(ref);
    if (intent === undefined) return { ...refuse('resource_missing'), status: 404 };
    if (verb === undefined) return ok(intent);
    if (verb === 'confirm') return confirm(intent, form.get('payment_method') ?? '');
    if (verb === 'cancel') {
      if (intent.received > 0 || intent.status === 'canceled') return refuse('payment_intent_unexpected_state');
      Object.assign(intent, { status: 'canceled', capturable: 0, reason: 'requested_by_customer' });
      return ok(intent);
    }
    const amount = form.get('amount_to_capture') === null ? intent.capturable : Number(form.get('amount_to_capture'));
    if (intent.status !== 'requires_capture' || amount > intent.capturable) return refuse('amount_too_large');
    Object.assign(intent, { status: 'succeeded', received: amount, capturable: 0 });
    return ok(intent);
  }

  function confirm(intent: StandIntent, method: string): { status: number; body: string } {
    if (!['requires_payment_method', 'requires_confirmation'].includes(intent.status)) {
      const error = { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message: intent.status };
      return { status: 400, body: JSON.stringify({ error }) };
    }
    if (method === 'pm_card_chargeDeclined') {
      intent.fault = { code: 'card_declined', decline_code: 'insufficient_funds' };
      const error = { type: 'card_error', ...intent.fault, message: 'Declined', payment_intent: shown(intent) };
      return { status: 402, body: JSON.stringify({ error }) };
    }
    intent.fault = null;
    if (method === 'pm_card_threeDSecure2Required') {
      Object.assign(intent, { status: 'requires_action', visit: 'https://bank.example/3ds' });
    } else pay(intent);
    return { status: 200, body: JSON.stringify(shown(intent)) };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    intents,
    net: () =>
      [...intents.values()].reduce(
        (sum, { received, refunded, dispute }) => sum + (dispute === 'lost' ? 0 : received - refunded),
        0,
      ),
    changes,
    swallowNextAnswer: () => void (swallow = true),
    holdNextAnswer(path) {
      const [acted, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      hold = { path, acted: acted.resolve, released: released.promise };
      return { acted: acted.promise, release: released.resolve };
    },
    failNext: (status) => void (failure = status),
    finishVisit(ref) {
      const intent = intents.get(ref);
      if (intent !== undefined) pay(Object.assign(intent, { visit: null }));
    },
    dispute(ref, status) {
      const intent = intents.get(ref);
      if (intent !== undefined) intent.dispute = status;
    },
    expire(ref) {
      const intent = intents.get(ref);
      if (intent !== undefined) Object.assign(intent, { status: 'canceled', capturable: 0, reason: 'automatic' });
    },
    refundByHand(ref, amount) {
      const intent = intents.get(ref);
      if (intent !== undefined) intent.refunded += amount;
    },
    event(type, object, at = now(), secret = WEBHOOK_SECRET) {
      const body = Buffer.from(JSON.stringify({ id: id('evt'), object: 'event', type, data: { object } }));
      const seconds = Math.floor(at.getTime() / 1000);
      const digits = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
      return { body, signature: `t=${seconds},v1=${digits}` };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pay(intent: StandIntent): void {
  Object.assign(
    intent,
    intent.manual
      ? { status: 'requires_capture', capturable: intent.amount }
      : { status: 'succeeded', received: intent.amount },
  );
}

function shown(intent: StandIntent): Record<string, unknown> {
  const { id: ref, amount, currency, status, capturable, received, refunded, dispute, reason, fault, visit } = intent;
  return {
    id: ref,
    object: 'payment_intent',
    amount,
    currency,
    status,
    amount_capturable: capturable,
    amount_received: received,
    client_secret: `${ref}_secret_of_the_payer`,
    metadata: intent.metadata,
    cancellation_reason: reason,
    last_payment_error: fault,
    next_action: visit === null ? null : { type: 'redirect_to_url', redirect_to_url: { url: visit } },
    latest_charge:
      received + capturable === 0 ? null : { id: 'ch_1', amount_refunded: refunded, disputed: dispute !== null },
  };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function ok(intent: StandIntent): Answer {
  return { status: 200, body: JSON.stringify(shown(intent)) };
}

function refuse(code: string): Answer {
  return {
    status: 400,
    body: JSON.stringify({ error: { type: 'invalid_request_error', code, message: code } }),
  };
}
