import { AshlarError, type OutsideAnswer, type OutsideRequest } from '@ashlar/kernel';
import { z } from 'zod';
import { type CardProvider, type ProviderPayment, ProviderRefusal, ProviderUnclear } from './card-provider.ts';
import { toProvider } from './provider-amounts.ts';
import { type DisputeState, Intent, isDisputed, OPEN_FORM, readIntent } from './read-intent.ts';

export interface StripeProviderOptions {
  readonly outbound: { request(request: OutsideRequest): Promise<OutsideAnswer> };
  /** `https://api.stripe.com`, or another that speaks its interface. */
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly timeoutMs?: number;
}

type Form = Readonly<Record<string, string | undefined>>;

const Fault = z.object({
  error: z.object({
    type: z.string().default('api_error'),
    code: z.string().optional(),
    message: z.string().default(''),
    payment_intent: z.unknown().optional(),
  }),
});

const DEFAULT_TIMEOUT_MS = 20_000;
const API_VERSION = '2024-06-20';
const EXPAND = 'latest_charge';

/** Payment intents over Stripe's documented HTTP. */
export function createStripeProvider(options: StripeProviderOptions): CardProvider {
  const post = (path: string, form: Form, key: string) => ask(options, { method: 'POST', path, form, key });
  const find = (ref: string) =>
    ask(options, { method: 'GET', path: `/payment_intents/${encodeURIComponent(ref)}`, form: {}, key: null });
  return {
    name: 'stripe',
    create: ({ paymentId, orgId, amountMinor, currency, capture, isOpenForm = false }, key) =>
      post(
        '/payment_intents',
        {
          amount: toProvider(amountMinor, currency).toString(),
          currency: currency.toLowerCase(),
          capture_method: capture === 'later' ? 'manual' : 'automatic',
          'payment_method_types[0]': 'card',
          'metadata[payment_id]': paymentId,
          'metadata[org_id]': orgId,
          'metadata[tries]': isOpenForm ? OPEN_FORM : undefined,
        },
        key,
      ),
    confirm: (ref, { paymentMethod, returnUrl }, key) => {
      const form = { payment_method: paymentMethod, return_url: returnUrl };
      return post(`/payment_intents/${encodeURIComponent(ref)}/confirm`, form, key);
    },
    async capture(ref, amountMinor, key) {
      const amount = amountMinor === null ? undefined : await inItsCurrency(find, ref, amountMinor);
      return post(`/payment_intents/${encodeURIComponent(ref)}/capture`, { amount_to_capture: amount }, key);
    },
    cancel: (ref, key) => post(`/payment_intents/${encodeURIComponent(ref)}/cancel`, {}, key),
    async refund(ref, amountMinor, key) {
      const amount = await inItsCurrency(find, ref, amountMinor);
      await send(options, { method: 'POST', path: '/refunds', form: { payment_intent: ref, amount }, key });
      return find(ref);
    },
    find,
  };
}

async function inItsCurrency(
  find: (ref: string) => Promise<ProviderPayment>,
  ref: string,
  amountMinor: bigint,
): Promise<string> {
  return toProvider(amountMinor, (await find(ref)).currency).toString();
}

interface Asked {
  readonly method: 'GET' | 'POST';
  /** Below `/v1`. */
  readonly path: string;
  readonly form: Form;
  readonly key: string | null;
}

async function ask(options: StripeProviderOptions, asked: Asked): Promise<ProviderPayment> {
  const answer = await send(options, { ...asked, form: { ...asked.form, 'expand[0]': EXPAND } });
  const intent = Intent.safeParse(answer);
  if (!intent.success) throw new ProviderUnclear('The provider answered something else than a payment');
  return readIntent(intent.data, isDisputed(intent.data) ? await disputeOf(options, intent.data.id) : 'none');
}

/** That a charge is disputed is said for ever; how it went, by the dispute alone. */
async function disputeOf(options: StripeProviderOptions, ref: string): Promise<DisputeState> {
  const form = { payment_intent: ref, limit: '1' };
  const answer = Disputes.safeParse(await send(options, { method: 'GET', path: '/disputes', form, key: null }));
  if (!answer.success) throw new ProviderUnclear('The provider answered something else than disputes');
  const status = answer.data.data[0]?.status;
  if (status === undefined || OVER.has(status)) return 'none';
  return status === 'lost' ? 'lost' : 'open';
}

const Disputes = z.object({ data: z.array(z.object({ status: z.string() })) });
const OVER: ReadonlySet<string> = new Set(['won', 'warning_closed']);

async function send(options: StripeProviderOptions, { method, path, form, key }: Asked): Promise<unknown> {
  const { outbound, baseUrl, secretKey, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const text = new URLSearchParams(
    Object.entries(form).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])),
  ).toString();
  let response: OutsideAnswer;
  try {
    response = await outbound.request({
      url: `${baseUrl}/v1${path}${method === 'GET' ? `?${text}` : ''}`,
      method,
      headers: {
        authorization: `Bearer ${secretKey}`,
        'stripe-version': API_VERSION,
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(method === 'POST' ? { body: text } : {}),
      timeoutMs,
    });
  } catch (error) {
    // Nothing was sent to an address we refuse ourselves; of anything else nobody knows how far it came.
    if (error instanceof AshlarError && NEVER_SENT.has(error.code))
      throw new ProviderRefusal(error.code, error.message);
    throw new ProviderUnclear('The provider did not answer', { cause: error });
  }
  return judge(response);
}

const NEVER_SENT: ReadonlySet<string> = new Set(['outbound.url_invalid', 'outbound.address_refused']);
/** Somebody else holds the key or the payment just now, too much at once, or the provider's own fault. */
const TRY_AGAIN: ReadonlySet<number> = new Set([409, 429]);

function judge({ status, body }: OutsideAnswer): unknown {
  const answer = jsonOf(body);
  if (status >= 200 && status < 300) return answer;
  if (status >= 500 || TRY_AGAIN.has(status)) throw new ProviderUnclear(`The provider answered ${status}`);
  const fault = Fault.safeParse(answer);
  if (!fault.success) throw new ProviderUnclear(`The provider answered ${status} without words`);
  const { type, code, message, payment_intent: intent } = fault.data.error;
  // A declined card is told as an error that holds what became of the payment.
  if (type === 'card_error' && intent !== undefined) return intent;
  throw new ProviderRefusal(code ?? type, message.slice(0, 500));
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
