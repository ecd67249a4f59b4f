import type { SuiteDocument } from '@ashlar/kernel';
import { printedConfirmation, type PrintedOrder } from '../application/print-order.ts';
import { packingSlip, type PackingSlip, pickList, type PickList } from '../application/print-parcel.ts';
import { returnSlip, type ReturnSlip } from '../application/print-return.ts';
import { confirmationPage } from './confirmation-page.ts';
import { packingSlipPage } from './packing-slip-page.ts';
import { pickListPage } from './pick-list-page.ts';
import { returnSlipPage } from './return-slip-page.ts';

/** What orders print. All of it is told anew each time: an order goes on, and its papers say how it stands. */
export const documents: readonly SuiteDocument[] = [
  {
    name: 'order.confirmation',
    summary: 'An order as it was placed, for whoever placed it.',
    route: 'GET /orders/:orderId/confirmation/pdf',
    useCase: printedConfirmation,
    papers: ['a4'],
    print: (order: PrintedOrder) => ({ page: confirmationPage(order), original: null }),
  },
  {
    name: 'order.pick-list-of-parcel',
    summary: 'What to fetch for a parcel, with boxes to tick.',
    route: 'GET /fulfilments/:fulfilmentId/pick-list/pdf',
    useCase: pickList,
    papers: ['a4'],
    print: (list: PickList) => ({ page: pickListPage(list), original: null }),
  },
  {
    name: 'order.slip-of-parcel',
    summary: 'What is in a parcel, without prices.',
    route: 'GET /fulfilments/:fulfilmentId/packing-slip/pdf',
    useCase: packingSlip,
    papers: ['a4'],
    print: (slip: PackingSlip) => ({ page: packingSlipPage(slip), original: null }),
  },
  {
    name: 'order.slip-of-return',
    summary: 'What comes back by a return, for the parcel it comes in.',
    route: 'GET /returns/:returnId/slip/pdf',
    useCase: returnSlip,
    papers: ['a4'],
    print: (slip: ReturnSlip) => ({ page: returnSlipPage(slip), original: null }),
  },
];
