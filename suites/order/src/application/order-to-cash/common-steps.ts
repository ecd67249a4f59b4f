import { sagaStep, type SagaStep, type SagaTask } from '@ashlar/kernel';
import { releaseHold } from '../../adapters/contracts.ts';
import { noteDocument } from '../note-facts.ts';
import { type CashState, nameOf } from './cash-state.ts';

/** What a person has to look at: a step nobody may repeat as it is. */
export function tasksOf({ refused }: CashState): SagaTask[] {
  return Object.entries(refused)
    .filter(([name]) => !name.startsWith('reserve'))
    .map(([name, code]) => ({
      name: `fix:${name}`,
      title: {
        en: `${name.split(':', 1)[0] ?? name} was refused: ${code}`,
        ar: `رفضت الخطوة ${name.split(':', 1)[0] ?? name}: ${code}`,
      },
    }));
}

/** Taken down by the order itself, before anything relies on what is invoiced of it. */
export function noteSteps(state: CashState): SagaStep[] {
  const { orderId, placed, invoices } = state;
  const { currency } = placed?.total ?? { currency: '' };
  return Object.entries(invoices).flatMap(([id, { label, total, lines, note }]) => {
    const invoice = {
      orderId,
      documentId: id,
      invoiceId: null,
      label,
      total: { amount: total, currency },
      lines: [...lines],
    };
    const steps = [sagaStep(nameOf(state, `note:${id}`), noteDocument, invoice)];
    if (note === null) return steps;
    const taken = { documentId: note.id, invoiceId: id, label: note.label, total: { amount: note.total, currency } };
    return [...steps, sagaStep(nameOf(state, `note:${note.id}`), noteDocument, { ...invoice, ...taken })];
  });
}

/** Gives up what is held, if anything is. */
export function release(state: CashState): readonly SagaStep[] {
  return state.hold === null ? [] : [sagaStep(nameOf(state, 'release'), releaseHold, { holdId: state.hold.id })];
}
