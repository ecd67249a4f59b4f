import {
  brandedId,
  type CommandContext,
  commonErrors,
  defineErrors,
  defineSaga,
  defineSuite,
  eventType,
  refuse,
  type SagaFact,
  type SagaPlan,
  sagaStep,
  type SagaStep,
  useCase,
} from '@ashlar/kernel';
import type { Generated } from 'kysely';
import { z } from 'zod';
import { releaseParcel, storeParcel } from './depot.fixture.ts';

/** A suite whose business goes through the depot: what sagas are tried on. */
interface CourierTables {
  readonly 'courier.acts': { readonly id: string; readonly delivery: string; readonly act: string; org_id: string };
  readonly 'courier.moods': { readonly act: string; readonly mood: 'refuse' | 'busy'; org_id: Generated<string> };
}

const courierErrors = defineErrors('courier', {
  unwilling: { kind: 'unprocessable', title: 'Nobody wants to {act}' },
});

const ActId = brandedId('ActId');
const Delivery = z.object({ delivery: z.string() });
const orderPlaced = eventType('courier.order.placed', { summary: 'A delivery was ordered.', data: Delivery });
const orderPaid = eventType('courier.payment.received', { summary: 'A delivery was paid.', data: Delivery });
const actDone = eventType('courier.act.done', {
  summary: 'Something was done for a delivery.',
  data: Delivery.extend({ act: z.string() }),
});

const tell = (name: 'courier.place-order' | 'courier.receive-payment', emitted: typeof orderPlaced) =>
  useCase(name, {
    summary: 'Tells of a delivery.',
    input: Delivery,
    output: z.object({}),
    errors: [],
    permission: 'courier.act',
    on: { http: name === 'courier.place-order' ? 'POST /orders' : 'POST /payments' },
    run: async ({ delivery }, { emit }: CommandContext<CourierTables>) => {
      emit(emitted.of({ subject: `${name} ${delivery}`, data: { delivery } }));
      return {};
    },
  });
export const placeOrder = tell('courier.place-order', orderPlaced);
export const receivePayment = tell('courier.receive-payment', orderPaid);

const act = useCase('courier.act', {
  summary: 'Does something for a delivery.',
  input: Delivery.extend({ act: z.string() }),
  output: z.object({ act: z.string() }),
  errors: [courierErrors.unwilling],
  permission: 'courier.act',
  on: {},
  run: async (input, { db, emit, newId, orgId }: CommandContext<CourierTables>) => {
    const found = await db
      .selectFrom('courier.moods')
      .select('mood')
      .where('act', 'in', [input.act, `${input.act} ${input.delivery}`])
      .executeTakeFirst();
    if (found?.mood === 'refuse') return refuse(courierErrors.unwilling({ act: input.act }));
    if (found?.mood === 'busy') return refuse(commonErrors.busy());
    const id = newId(ActId);
    await db
      .insertInto('courier.acts')
      .values({ id, ...input, org_id: orgId })
      .execute();
    emit(actDone.of({ subject: id, version: 1, data: input }));
    return { act: input.act };
  },
});

interface Progress {
  readonly delivery: string;
  readonly placedAt: string | null;
  readonly isPaid: boolean;
  readonly isOff: boolean;
  readonly parcelId: string | null;
  readonly ended: readonly string[];
  readonly refused: readonly string[];
  readonly isRefunded: boolean;
}

export const PAYMENT_WINDOW_MS = 900_000;

/** Stores a parcel, and drives once that is paid; unwilling drivers and late payers get what they had undone. */
const deliverySaga = defineSaga<Progress>({
  name: 'courier.delivery',
  title: { en: 'Delivery', ar: 'توصيل' },
  events: [orderPlaced.type, orderPaid.type],
  startedBy: [orderPlaced.type],
  key: ({ data }) => (typeof data.delivery === 'string' ? data.delivery : null),
  begin: (delivery) => ({
    delivery,
    placedAt: null,
    isPaid: false,
    isOff: false,
    parcelId: null,
    ended: [],
    refused: [],
    isRefunded: false,
  }),
  evolve,
  plan,
});

function evolve(state: Progress, fact: SagaFact): Progress {
  switch (fact.kind) {
    case 'event':
      return fact.event.type === orderPaid.type ? { ...state, isPaid: true } : { ...state, placedAt: fact.event.time };
    case 'done': {
      const ended = [...state.ended, fact.step];
      const isRefunded = state.isRefunded || fact.step === 'refund';
      const parcelId = fact.step === 'store' ? storeParcel.output.parse(fact.output).id : state.parcelId;
      return { ...state, ended, isRefunded, parcelId };
    }
    case 'refused':
      return {
        ...state,
        ended: [...state.ended, fact.step],
        refused: [...state.refused, `${fact.step}: ${fact.code}`],
        isOff: true,
      };
    case 'due':
    case 'undo':
      return { ...state, isOff: true };
    case 'settled':
      return { ...state, isRefunded: true };
  }
}

function plan(state: Progress): SagaPlan {
  const { delivery, placedAt, isPaid, isOff, parcelId, ended, isRefunded } = state;
  const doing = (name: string): SagaStep => sagaStep(name, act, { delivery, act: name });
  if (isOff) {
    const isHelpless = ended.includes('refund') && !isRefunded;
    return {
      steps: [
        ...(isPaid ? [doing('refund')] : []),
        ...(parcelId === null ? [] : [sagaStep('release', releaseParcel, { parcelId })]),
      ],
      tasks: isHelpless ? [{ name: 'refund-by-hand', title: { en: 'Give the money back' } }] : [],
      ...(isHelpless ? {} : { end: 'undone' as const }),
    };
  }
  const due = { name: 'payment', at: new Date(new Date(placedAt ?? 0).getTime() + PAYMENT_WINDOW_MS) };
  return {
    steps: [
      sagaStep('store', storeParcel, { code: delivery.slice(0, 40), weight: '500' }),
      ...(isPaid ? [doing('load'), doing('drive')] : []),
    ],
    deadlines: isPaid ? [] : [due],
    ...(ended.includes('drive') ? { end: 'completed' as const } : {}),
  };
}

export const courier = defineSuite({
  name: 'courier',
  title: { en: 'Courier' },
  migrations: new URL('../fixtures/courier/', import.meta.url),
  useCases: [placeOrder, receivePayment, act],
  events: [orderPlaced, orderPaid, actDone],
  sagas: [deliverySaga],
  permissions: { 'courier.read': 'See what was done', 'courier.act': 'Do things' },
  constraints: {},
});
