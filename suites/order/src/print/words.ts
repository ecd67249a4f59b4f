import type { PrintedParty, PrintedValue, Wording } from '@ashlar/kernel';
import { code, text } from '@ashlar/kernel/printing';
import type { z } from 'zod';
import type { Seller } from '../adapters/print-contracts.ts';
import type { AddressOnPaper } from '../application/print-order.ts';

/** What stands on the papers of orders, in both languages. */
export const words = {
  confirmation: { en: 'Order confirmation', ar: 'تأكيد الطلب' },
  pickList: { en: 'Pick list', ar: 'قائمة التجميع' },
  packingSlip: { en: 'Packing slip', ar: 'قائمة التعبئة' },
  returnSlip: { en: 'Return slip', ar: 'قسيمة إرجاع' },
  seller: { en: 'Seller', ar: 'البائع' },
  sender: { en: 'Sender', ar: 'المرسل' },
  buyer: { en: 'Customer', ar: 'العميل' },
  shipTo: { en: 'Ship to', ar: 'الشحن إلى' },
  returnTo: { en: 'Return to', ar: 'الإرجاع إلى' },
  order: { en: 'Order', ar: 'الطلب' },
  placedOn: { en: 'Ordered on', ar: 'تاريخ الطلب' },
  shippedOn: { en: 'Shipped on', ar: 'تاريخ الشحن' },
  requestedOn: { en: 'Requested on', ar: 'تاريخ طلب الإرجاع' },
  status: { en: 'Status', ar: 'الحالة' },
  payment: { en: 'Payment', ar: 'الدفع' },
  paid: { en: 'Paid', ar: 'المدفوع' },
  sellerTaxNumber: { en: 'Seller’s tax no.', ar: 'الرقم الضريبي للبائع' },
  buyerTaxNumber: { en: 'Buyer’s tax no.', ar: 'الرقم الضريبي للمشتري' },
  carrier: { en: 'Carrier', ar: 'شركة الشحن' },
  tracking: { en: 'Tracking', ar: 'رقم التتبع' },
  lines: { en: 'Lines', ar: 'السطور' },
  no: { en: 'No.', ar: 'رقم' },
  done: { en: 'Done', ar: 'تم' },
  place: { en: 'Place', ar: 'الموقع' },
  item: { en: 'Item', ar: 'الصنف' },
  lot: { en: 'Lot, expiry, serials', ar: 'الدفعة والصلاحية والأرقام التسلسلية' },
  lots: { en: 'Lots, serials', ar: 'الدفعات والأرقام التسلسلية' },
  description: { en: 'Description', ar: 'الوصف' },
  quantity: { en: 'Quantity', ar: 'الكمية' },
  ordered: { en: 'Ordered', ar: 'المطلوب' },
  packed: { en: 'In this parcel', ar: 'في هذه الشحنة' },
  cancelled: { en: 'Cancelled', ar: 'الملغى' },
  unitPrice: { en: 'Unit price', ar: 'سعر الوحدة' },
  unitPriceWithTax: { en: 'Price with tax', ar: 'السعر شامل الضريبة' },
  discount: { en: 'Discount', ar: 'الخصم' },
  rate: { en: 'Rate', ar: 'النسبة' },
  tax: { en: 'Tax', ar: 'الضريبة' },
  net: { en: 'Net', ar: 'الصافي' },
  total: { en: 'Total', ar: 'الإجمالي' },
  note: { en: 'Note', ar: 'ملاحظة' },
  reason: { en: 'Reason', ar: 'السبب' },
  nowhere: { en: 'No place known', ar: 'لا موقع معروف' },
  noInvoice: { en: 'This is not an invoice', ar: 'هذه ليست فاتورة' },
  picker: { en: 'Picked by', ar: 'جمعها' },
  packer: { en: 'Packed by', ar: 'عبأها' },
  checker: { en: 'Checked by', ar: 'دققها' },
  receiver: { en: 'Received by', ar: 'استلمها' },
  enclose: { en: 'Put this slip in with the goods', ar: 'ضع هذه القسيمة مع البضاعة' },
} satisfies Readonly<Record<string, Wording>>;

export const statuses: Readonly<Record<string, Wording>> = {
  placed: { en: 'Received', ar: 'مستلم' },
  on_hold: { en: 'On hold', ar: 'معلق' },
  confirmed: { en: 'Confirmed', ar: 'مؤكد' },
  in_fulfilment: { en: 'Being packed', ar: 'قيد التجهيز' },
  fulfilled: { en: 'Shipped', ar: 'مشحون' },
  completed: { en: 'Completed', ar: 'مكتمل' },
};

export const tenders: Readonly<Record<string, Wording>> = {
  online: { en: 'Online', ar: 'عبر الإنترنت' },
  by_hand: { en: 'By hand', ar: 'يدويا' },
  on_account: { en: 'On account', ar: 'على الحساب' },
};

export const payments: Readonly<Record<string, Wording>> = {
  none: { en: 'Not yet', ar: 'ليس بعد' },
  authorised: { en: 'Authorised', ar: 'محجوز' },
  partial: { en: 'In part', ar: 'جزئيا' },
  paid: { en: 'In full', ar: 'بالكامل' },
  partially_refunded: { en: 'Given back in part', ar: 'رد جزء منه' },
  refunded: { en: 'Given back', ar: 'رد بالكامل' },
  failed: { en: 'Failed', ar: 'فشل' },
};

/** Words of ours for a code of ours; the code itself where it has none yet. */
export function worded(known: Readonly<Record<string, Wording>>, one: string): PrintedValue {
  const wording = known[one];
  return wording === undefined ? code(one) : { kind: 'label', words: wording };
}

/** Who sells, as it stands at the head or as an address. */
export function sellerOf({ name, address, phone, email }: Seller, heading: Wording): PrintedParty {
  return {
    heading,
    name: { kind: 'words', words: name },
    lines: [
      ...(address === undefined ? [] : [{ kind: 'words', words: address } as const]),
      ...[phone, email].filter((one) => one !== undefined).map(code),
    ],
  };
}

/** Where it goes. */
export function addressOf(address: z.output<typeof AddressOnPaper>, heading: Wording): PrintedParty {
  const { name, lines, city, postcode, country, phone } = address;
  const town = [postcode, city].filter((one) => one !== undefined);
  return {
    heading,
    name: text(name),
    lines: [
      text(lines),
      ...(town.length === 0 ? [] : [text(town.join(' '))]),
      code(country),
      ...(phone === undefined ? [] : [code(phone)]),
    ],
  };
}

/** What it is, with its SKU beneath. */
export function itemOf({ title, sku }: { readonly title: Record<string, string>; readonly sku: string }): PrintedValue {
  return { kind: 'words', words: title, code: sku };
}
