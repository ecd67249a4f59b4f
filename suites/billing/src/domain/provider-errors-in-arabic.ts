import type { Translation } from '@ashlar/kernel';
import type { ProviderError } from './provider-errors.ts';

/** What `providerErrors` tell in Arabic. */
export const providerErrorsInArabic: Readonly<Record<ProviderError, Translation>> = {
  providerNameTaken: ['يوجد مزود دفع بهذا الاسم'],
  providerInactive: ['المزود {name} غير مفعل'],
  providerKeyMissing: ['يحتاج المزود الجديد إلى مفتاحه السري'],
  providerUrlRefused: [
    'العنوان {url} ليس عنوان المزود نفسه',
    'يسمي المشغل المضيفين الذين قد يقومون مقامه في outbound-allow',
  ],
  amountNotChargeable: ['لا يقبل المزود مثل هذا المبلغ من {currency}'],
  notAtProvider: ['الدفعة ليست لدى أي مزود'],
  otherPayment: ['ما أخبر به يخص دفعة أخرى لدى المزود'],
  askedAlready: ['سئل المزود عن هذه الدفعة من قبل'],
  nothingHeld: ['لا يوجد مبلغ محجوز بالدفعة: حالتها {state}'],
  signatureInvalid: ['توقيع الحدث غير صحيح'],
};
