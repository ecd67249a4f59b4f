import type { Translation } from '../errors.ts';
import type { ValueErrorName } from './value-errors.ts';

/** What `valueErrors` tell in Arabic. */
export const valueErrorsInArabic: Readonly<Record<ValueErrorName, Translation>> = {
  amountOutOfRange: [
    'المبلغ {amount} بالوحدات الصغرى يتجاوز {limit}',
    'المبالغ أعداد صحيحة بالوحدات الصغرى تكتب أرقاما',
  ],
  currencyMismatch: ['لا يمكن حساب {right} مع {left} قبل التحويل'],
  currencyUnknown: ['{currency} ليس رمز عملة متداولة'],
  currencyRefused: ['العملة {currency} لها {exponent} من المنازل العشرية وهي غير مفعلة'],
  dateOutOfRange: ['{date} ليس يوما بين 1900-01-01 و2200-12-31'],
  decimalMalformed: ['"{text}" ليس عددا عشريا', 'اكتب أرقاما مع نقطة واحدة دون فواصل، مثل 1234.5'],
  decimalTooLong: ['"{text}" فيه أكثر من {digits} رقما قبل النقطة'],
  decimalTooPrecise: ['"{text}" فيه أكثر من {scale} منازل عشرية'],
  instantMalformed: ['"{text}" ليس لحظة زمنية مع منطقة', 'اكتبها مثل 2026-03-01T09:30:00Z أو مع فارق التوقيت'],
  textBidi: ['محارف تغيير الاتجاه غير مسموح بها هنا'],
  textControl: ['محارف التحكم غير مسموح بها هنا'],
  textMalformed: ['في النص نصف محرف'],
  textMarkup: ['الوسوم غير مسموح بها هنا'],
  textMissing: ['النص مفقود'],
  textTooLong: ['في النص {length} محرفا والحد الأقصى {max}'],
  uomFraction: ['{uom} وحدة تعد بأعداد صحيحة و{quantity} ليس منها'],
  uomIncompatible: ['لا يمكن تحويل {from} إلى {to}', 'أعط المادة معاملا بين الوحدتين'],
  uomNotExact: ['لا يساوي {quantity} {from} عددا من {to} بست منازل عشرية'],
  zoneUnknown: ['{zone} ليست منطقة زمنية'],
};
