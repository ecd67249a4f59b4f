import type { PrintedParty, Wording } from '@ashlar/kernel';
import { code } from '@ashlar/kernel/printing';
import type { SealedContent } from './sealed-content.ts';

/** What stands on every document of billing, in both languages. */
export const words = {
  invoice: { en: 'Invoice', ar: 'فاتورة' },
  taxInvoice: { en: 'Tax invoice', ar: 'فاتورة ضريبية' },
  creditNote: { en: 'Credit note', ar: 'إشعار دائن' },
  receipt: { en: 'Receipt', ar: 'إيصال قبض' },
  refundReceipt: { en: 'Receipt of a refund', ar: 'إيصال رد مبلغ' },
  statement: { en: 'Statement of account', ar: 'كشف حساب' },
  seller: { en: 'Seller', ar: 'البائع' },
  billTo: { en: 'Bill to', ar: 'فاتورة إلى' },
  creditTo: { en: 'Credit to', ar: 'لصالح' },
  account: { en: 'Account of', ar: 'حساب' },
  issuedOn: { en: 'Issued on', ar: 'تاريخ الإصدار' },
  suppliedOn: { en: 'Supplied on', ar: 'تاريخ التوريد' },
  dueOn: { en: 'Due on', ar: 'تاريخ الاستحقاق' },
  credits: { en: 'Takes back', ar: 'عن الفاتورة' },
  sellerTaxNumber: { en: 'Seller’s tax no.', ar: 'الرقم الضريبي للبائع' },
  buyerTaxNumber: { en: 'Buyer’s tax no.', ar: 'الرقم الضريبي للمشتري' },
  no: { en: 'No.', ar: 'رقم' },
  description: { en: 'Description', ar: 'الوصف' },
  quantity: { en: 'Quantity', ar: 'الكمية' },
  unitPrice: { en: 'Unit price', ar: 'سعر الوحدة' },
  unitPriceWithTax: { en: 'Price with tax', ar: 'السعر شامل الضريبة' },
  discount: { en: 'Discount', ar: 'الخصم' },
  rate: { en: 'Rate', ar: 'النسبة' },
  net: { en: 'Net', ar: 'الصافي' },
  tax: { en: 'Tax', ar: 'الضريبة' },
  rounding: { en: 'Rounding', ar: 'التقريب' },
  total: { en: 'Total', ar: 'الإجمالي' },
  reason: { en: 'Reason', ar: 'السبب' },
  note: { en: 'Note', ar: 'ملاحظة' },
  date: { en: 'Date', ar: 'التاريخ' },
  paidBy: { en: 'Paid by', ar: 'طريقة الدفع' },
  reference: { en: 'Reference', ar: 'المرجع' },
  received: { en: 'Received', ar: 'المقبوض' },
  givenBack: { en: 'Given back', ar: 'المردود' },
  kept: { en: 'Received in all', ar: 'صافي المقبوض' },
  from: { en: 'From', ar: 'من' },
  to: { en: 'To', ar: 'إلى' },
  entry: { en: 'Entry', ar: 'القيد' },
  charged: { en: 'Charged', ar: 'مدين' },
  settled: { en: 'Settled', ar: 'دائن' },
  balance: { en: 'Balance', ar: 'الرصيد' },
  openingBalance: { en: 'Opening balance', ar: 'الرصيد الافتتاحي' },
  closingBalance: { en: 'Closing balance', ar: 'الرصيد الختامي' },
} satisfies Readonly<Record<string, Wording>>;

export const methods: Readonly<Record<string, Wording>> = {
  cash: { en: 'Cash', ar: 'نقداً' },
  bank: { en: 'Bank transfer', ar: 'حوالة مصرفية' },
  card: { en: 'Card', ar: 'بطاقة' },
  wallet: { en: 'Wallet', ar: 'محفظة إلكترونية' },
  cheque: { en: 'Cheque', ar: 'صك' },
};

export const entries: Readonly<Record<string, Wording>> = {
  invoice: words.invoice,
  credit_note: words.creditNote,
  payment: { en: 'Payment', ar: 'دفعة' },
  refund: { en: 'Refund', ar: 'رد مبلغ' },
  write_off: { en: 'Written off', ar: 'شطب دين' },
};

/** Who sells, as it stands at the head. */
export function sellerOf({ name, address, phone, email }: SealedContent['seller']): PrintedParty {
  return {
    heading: words.seller,
    name: { kind: 'words', words: name },
    lines: [
      ...(address === undefined ? [] : [{ kind: 'words', words: address } as const]),
      ...[phone, email].filter((text) => text !== undefined).map(code),
    ],
  };
}

/** Whom it is for. */
export function partyOf({ name, address, email }: SealedContent['party'], heading: Wording): PrintedParty {
  return {
    heading,
    name: { kind: 'text', text: name },
    lines: [
      ...(address === undefined ? [] : [{ kind: 'text', text: address } as const]),
      ...(email === undefined ? [] : [code(email)]),
    ],
  };
}
