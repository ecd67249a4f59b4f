import { defineErrors, type ErrorFactory } from '@ashlar/kernel';
import { billingErrorsInArabic } from './billing-errors-in-arabic.ts';

export type BillingError =
  | 'booksMissing'
  | 'booksBegun'
  | 'roundingFixed'
  | 'codeTaken'
  | 'purposeTaken'
  | 'purposeMissing'
  | 'accountUnknown'
  | 'accountArchived'
  | 'accountPostedTo'
  | 'controlAccount'
  | 'unbalanced'
  | 'alreadyReversed'
  | 'postedAlready'
  | 'notManual'
  | 'periodClosed'
  | 'draftsExist'
  | 'booksDrift'
  | 'empty'
  | 'figuresDiffer'
  | 'taxUnresolved'
  | 'totalDiffers'
  | 'dateBeforeLast'
  | 'discountExceedsLine'
  | 'documentIssued'
  | 'notIssued'
  | 'notAnInvoice'
  | 'exceedsCreditable'
  | 'exceedsOpen'
  | 'exceedsUnapplied'
  | 'exceedsCaptured'
  | 'exceedsAuthorised'
  | 'otherParty'
  | 'nothingLeft'
  | 'overLimit'
  | 'paymentKnown'
  | 'paymentNotOpen'
  | 'nothingReceived'
  | 'dateInFuture'
  | 'tooMuch';

/** What billing refuses, in the words of whoever keeps the books. */
export const billingErrors: Readonly<Record<BillingError, ErrorFactory>> = defineErrors(
  'billing',
  {
    booksMissing: {
      kind: 'conflict',
      title: 'The organisation keeps no books yet',
      hint: 'Open them first: billing.open-books',
    },
    booksBegun: { kind: 'conflict', title: 'The books have begun: their currency and fiscal year stay as they are' },
    roundingFixed: {
      kind: 'conflict',
      title: 'Documents of {year} are rounded already: that changes with a new fiscal year',
    },
    codeTaken: { kind: 'conflict', title: 'The code {code} is taken' },
    purposeTaken: { kind: 'conflict', title: 'Another account serves {purpose} already' },
    purposeMissing: { kind: 'conflict', title: 'No account serves {purpose}' },
    accountUnknown: { kind: 'unprocessable', title: 'There is no account {id}' },
    accountArchived: { kind: 'conflict', title: 'The account {code} is archived' },
    accountPostedTo: { kind: 'conflict', title: 'The account {code} has been posted to: its kind stays as it is' },
    controlAccount: {
      kind: 'unprocessable',
      title: 'The account {code} is the sum of documents; nobody posts to it by hand',
    },
    unbalanced: { kind: 'unprocessable', title: 'Debits and credits differ by {difference}' },
    alreadyReversed: { kind: 'conflict', title: 'The journal {id} is reversed already' },
    postedAlready: { kind: 'conflict', title: 'This has been posted already' },
    notManual: { kind: 'conflict', title: 'The journal {id} belongs to a document; correct that' },
    periodClosed: { kind: 'conflict', title: 'The month of {date} is closed' },
    draftsExist: { kind: 'conflict', title: '{count} drafts are dated in this month' },
    booksDrift: { kind: 'conflict', title: '{count} accounts differ from what they are the sum of: {first}' },
    empty: { kind: 'unprocessable', title: 'The document has no line' },
    taxUnresolved: {
      kind: 'unprocessable',
      title: 'Line {line}: no tax is known for the category {category} on {date}',
      hint: 'Add a rate, of 0 percent for what bears none',
    },
    figuresDiffer: { kind: 'unprocessable', title: 'Line {line} does not come to what is said of it' },
    totalDiffers: { kind: 'conflict', title: 'The total is {actual}, not {expected}' },
    dateBeforeLast: { kind: 'conflict', title: '{date} is before {last}, the day of the last number' },
    discountExceedsLine: { kind: 'unprocessable', title: 'Line {line} is discounted by more than it costs' },
    documentIssued: { kind: 'conflict', title: 'The document is issued', hint: 'Take it back by a credit note' },
    notIssued: { kind: 'conflict', title: 'The document {id} is not issued' },
    notAnInvoice: { kind: 'conflict', title: 'The document {id} is no invoice' },
    exceedsCreditable: { kind: 'conflict', title: 'More would be taken back than is left of the invoice {id}' },
    exceedsOpen: { kind: 'conflict', title: 'More would be settled than is open' },
    exceedsUnapplied: { kind: 'conflict', title: 'More would be used than is left of the payment' },
    exceedsCaptured: { kind: 'conflict', title: 'More would be given back than has come in' },
    exceedsAuthorised: { kind: 'conflict', title: '{amount} is more than the {authorised} that are authorised' },
    otherParty: { kind: 'conflict', title: 'The payment and the document {id} are of different parties' },
    nothingLeft: { kind: 'conflict', title: 'Nothing is left to settle' },
    overLimit: { kind: 'forbidden', title: '{amount} is over the limit of {limit}; somebody else has to approve' },
    paymentKnown: { kind: 'conflict', title: 'This payment of the provider is known already' },
    nothingReceived: { kind: 'conflict', title: 'Nothing has come in by the payment: it is {state}' },
    paymentNotOpen: { kind: 'conflict', title: 'The payment is {state}' },
    tooMuch: { kind: 'unprocessable', title: 'More than {most} entries; ask for fewer days' },
    dateInFuture: { kind: 'unprocessable', title: '{date} is in the future' },
  },
  { ar: billingErrorsInArabic },
);
