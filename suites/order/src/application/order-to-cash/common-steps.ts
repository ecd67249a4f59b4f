import { sagaStep, type SagaStep, type SagaTask } from '@ashlar/kernel';
import { refundPayment, releaseHold, voidPayment } from '../../adapters/contracts.ts';
import { noteDocument } from '../note-facts.ts';
import { type CashState, nameOf } from './cash-state.ts';
import { leftOf, openOfNote, smaller, usedOf } from './money.ts';

/** What a person has to look at: a step nobody may repeat as it is. */
export function tasksOf({ refused }: CashState): SagaTask[] {
  return Object.entries(refused)
    .filter(([name]) => !name.startsWith('reserve') && !name.startsWith('admit'))
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
  return Object.entries(invoices).flatMap(([id, { label, total, lines, notes }]) => {
    const invoice = {
      orderId,
      documentId: id,
      invoiceId: null,
      label,
      total: { amount: total, currency },
      lines: [...lines],
    };
    const taken = notes.map((note) =>
      sagaStep(nameOf(state, `note:${note.id}`), noteDocument, {
        ...invoice,
        documentId: note.id,
        invoiceId: id,
        label: note.label,
        total: { amount: note.total, currency },
        lines: note.lines.flatMap(({ line: invoiceLine, quantity }) =>
          lines.filter((one) => one.invoiceLine === invoiceLine).map(({ line }) => ({ line, invoiceLine, quantity })),
        ),
      }),
    );
    return [sagaStep(nameOf(state, `note:${id}`), noteDocument, invoice), ...taken];
  });
}

/**
 * Gives so much back, by the payments it came with. Where a credit note took back what a payment settled, it is given
 * back for the note: until then the money is the invoice's.
 *
 * @param isAll Also for credit notes somebody else made.
 */
export function refundSteps(state: CashState, wanted: bigint, reason: string, isAll = false): readonly SagaStep[] {
  const currency = state.placed?.total.currency ?? '';
  let left = wanted;
  const steps: SagaStep[] = [];
  const open = new Map<string, bigint>();
  for (const [paymentId, paid] of Object.entries(state.payments)) {
    let there = leftOf(paid);
    const give = (part: bigint, creditNoteId: string | undefined): void => {
      left -= part;
      there -= part;
      // What was given before is in the name: the same again is another step.
      const of = `${paymentId}:${creditNoteId ?? 'rest'}:${part}${paid.given === '0' ? '' : `:${paid.given}`}`;
      steps.push(
        sagaStep(nameOf(state, `refund:${of}`), refundPayment, {
          paymentId,
          amount: { amount: part.toString(), currency },
          ...(creditNoteId === undefined ? {} : { creditNoteId }),
          reason,
        }),
      );
    };
    for (const [invoiceId, used] of Object.entries(paid.used)) {
      let settled = BigInt(used);
      for (const note of state.invoices[invoiceId]?.notes ?? []) {
        if (note.of === null && !isAll) continue;
        const free = open.get(note.id) ?? openOfNote(note);
        const part = smaller(smaller(left, there), smaller(settled, free));
        if (part <= 0n) continue;
        open.set(note.id, free - part);
        settled -= part;
        give(part, note.id);
      }
    }
    const rest = smaller(smaller(left, there), leftOf(paid) - usedOf(paid));
    if (rest > 0n) give(rest, undefined);
  }
  return steps;
}

/** Gives up what is held, if anything is. */
export function release(state: CashState): readonly SagaStep[] {
  return state.hold === null ? [] : [sagaStep(nameOf(state, 'release'), releaseHold, { holdId: state.hold.id })];
}

/** Nobody shall pay any more; who has paid all the same gets it back. */
export function voids({ requested, payments, ...state }: CashState): readonly SagaStep[] {
  return Object.keys(requested).flatMap((paymentId) =>
    payments[paymentId] === undefined ? [sagaStep(nameOf(state, `void:${paymentId}`), voidPayment, { paymentId })] : [],
  );
}
