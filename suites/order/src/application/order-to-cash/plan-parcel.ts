import { sagaStep, type SagaStep } from '@ashlar/kernel';
import { issueStock } from '../../adapters/contracts.ts';
import { FULFILMENT_SOURCE } from '../order-context.ts';
import { markShipped, returnToPacked } from '../ship.ts';
import { type CashState, nameOf, type Parcel } from './cash-state.ts';
import { takeFromHold } from './issue-lines.ts';

/** A parcel has left once its goods are issued, and not before: the customer is told only then. */
export function planParcel(state: CashState, fulfilmentId: string, parcel: Parcel): readonly SagaStep[] {
  const { attempt, posting } = parcel;
  const shipped = (costs: { line: number; amount: string }[], stockDocumentId: string | null): SagaStep =>
    sagaStep(nameOf(state, `shipped:${fulfilmentId}`), markShipped, { fulfilmentId, stockDocumentId, costs });
  const issue = `issue:${fulfilmentId}:${attempt}`;
  switch (parcel.state) {
    case 'asked': {
      const taken = takeFromHold(state, parcel);
      if (taken?.length === 0) return [shipped([], null)];
      if (taken === null || state.hold === null) return [backToPacked(state, fulfilmentId, attempt, 'not_reserved')];
      return [
        sagaStep(nameOf(state, issue), issueStock, {
          source: { type: FULFILMENT_SOURCE, id: fulfilmentId },
          holdId: state.hold.id,
          lines: taken.map(({ held, quantity }) => ({
            itemId: held.itemId,
            locationId: held.locationId,
            ...(held.lotId === null ? {} : { lotId: held.lotId }),
            quantity: { value: quantity, uom: held.uom },
          })),
        }),
      ];
    }
    case 'refused':
      return [backToPacked(state, fulfilmentId, attempt, state.refused[issue] ?? 'not_reserved')];
    case 'issued':
      return [shipped([...(posting?.costs ?? [])], posting?.id ?? null)];
    case 'shipped':
    case 'delivered':
      return [];
  }
}

function backToPacked(state: CashState, fulfilmentId: string, attempt: number, reason: string): SagaStep {
  return sagaStep(nameOf(state, `unship:${fulfilmentId}:${attempt}`), returnToPacked, { fulfilmentId, reason });
}
