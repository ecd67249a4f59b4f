import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AshlarError } from '@ashlar/kernel';
import { expect } from 'vitest';
import { adjustStock } from './application/adjust-stock.ts';
import { issueStock } from './application/issue-stock.ts';
import { approveCount, cancelCount, startCount, submitCount } from './application/manage-counts.ts';
import { releaseHold } from './application/manage-holds.ts';
import { startTransfer } from './application/manage-transfers.ts';
import { dispatchTransfer, receiveTransfer } from './application/move-transfer.ts';
import { receiveStock } from './application/receive-stock.ts';
import { reserveStock } from './application/reserve-stock.ts';
import { reverseDocument } from './application/reverse-document.ts';
import { CountId, DocumentId, HoldId, type ItemId, TransferId } from './domain/ids.ts';
import type { Shop } from './inventory.fixture.ts';
import { countedBy, type Step, type Target } from './stock-model.fixture.ts';

/** What a step means besides itself; what is sent again has to be the same. */
export interface Aim {
  readonly itemId: ItemId;
  readonly target: Target;
  readonly onHand: number;
  /** When a hold that does not last ends. */
  readonly until: string;
}

/** Sends the command of a step, with the options of one attempt. @returns The id of what it made. */
type Send = (more: object) => Promise<string>;

const ATTEMPTS = 20;

/** Sends a step in its manner until its outcome is known: the id it answered, or null for a refusal. */
export async function perform(shop: Shop, step: Step, aim: Aim): Promise<string | null> {
  if (step.verb === 'count') return count(shop, step, aim);
  return deliver(step, await prepare(shop, step, aim));
}

async function deliver({ verb, manner, pieces }: Step, send: Send): Promise<string | null> {
  const idempotencyKey = randomUUID();
  let last: unknown;
  const attempt = async (more: object): Promise<string | null | undefined> => {
    try {
      return await send({ idempotencyKey, ...more });
    } catch (error) {
      last = error;
      const isOpen =
        !(error instanceof AshlarError) || error.retryable || error.kind === 'internal' || error.kind === 'timeout';
      return isOpen ? undefined : null;
    }
  };
  if (manner === 'dry') {
    await attempt({ dryRun: true });
    return null;
  }
  if (manner === 'cut') {
    const cut = new AbortController();
    const first = attempt({ signal: cut.signal });
    await delay(pieces / 2);
    cut.abort();
    await first;
  }
  let answer = await attempt({});
  for (let again = 0; answer === undefined && again < ATTEMPTS; again += 1) answer = await attempt({});
  if (answer === undefined) throw new Error(`The outcome of ${verb} never became known`, { cause: last });
  if (manner === 'repeat' && answer !== null) expect(await attempt({})).toBe(answer);
  return answer;
}

const idOf = async (answer: Promise<{ readonly id: string }>): Promise<string> => (await answer).id;

async function prepare(shop: Shop, { verb, pieces }: Step, { itemId, target, until }: Aim): Promise<Send> {
  const { call, shelf, backRoom } = shop;
  const quantity = { value: String(pieces), uom: 'pcs' };
  const line = { itemId, locationId: shelf, quantity };
  // What is about nothing is sent all the same, and has to be refused.
  const aimed = target ?? randomUUID();
  switch (verb) {
    case 'receive': {
      const cost = { amount: String(pieces * 37), currency: 'USD' };
      return (more) => idOf(call(receiveStock, { lines: [{ ...line, cost }] }, more));
    }
    case 'issue':
      return (more) => idOf(call(issueStock, { lines: [line] }, more));
    case 'ship':
      return (more) => idOf(call(issueStock, { lines: [line], holdId: HoldId.parse(aimed) }, more));
    case 'release':
      return (more) => idOf(call(releaseHold, { holdId: HoldId.parse(aimed) }, more));
    case 'lose':
    case 'find': {
      const direction = verb === 'lose' ? 'gone' : 'found';
      return (more) => idOf(call(adjustStock, { reason: verb, lines: [{ ...line, direction }] }, more));
    }
    case 'hold':
    case 'hold for a minute': {
      const source = { type: 'order', id: 'model' };
      const expiresAt = verb === 'hold' ? {} : { expiresAt: until };
      // Another shelf of the same shop may be another test's.
      const lines = [{ itemId, quantity, locationId: shelf }];
      return (more) => idOf(call(reserveStock, { source, lines, ...expiresAt }, more));
    }
    case 'send away': {
      const ends = { fromLocationId: shelf, toLocationId: backRoom };
      const transferId = await idOf(call(startTransfer, { ...ends, lines: [{ itemId, quantity }] }));
      return (more) => idOf(call(dispatchTransfer, { transferId: TransferId.parse(transferId) }, more));
    }
    case 'arrive':
      return (more) => idOf(call(receiveTransfer, { transferId: TransferId.parse(aimed) }, more));
    case 'reverse':
      return (more) => idOf(call(reverseDocument, { documentId: DocumentId.parse(aimed), reason: 'model' }, more));
    case 'count':
      throw new Error('A count is several commands');
  }
}

/** Begins, submits and approves a count; one whose difference cannot be made good, or that was only tried, is given up. */
async function count(shop: Shop, step: Step, { itemId, onHand }: Aim): Promise<string | null> {
  const { call } = shop;
  const { id } = await call(startCount, { locationId: shop.shelf });
  const countId = CountId.parse(id);
  const quantity = { value: String(countedBy(step.pieces, onHand)), uom: 'pcs' };
  await call(submitCount, { countId, lines: [{ itemId, quantity }] });
  const approved = await deliver(step, async (more) => (await call(approveCount, { countId }, more)).id);
  if (approved === null) await call(cancelCount, { countId });
  return approved;
}
