import type { CommonErrorName } from './common-errors.ts';
import type { Translation } from './errors.ts';

/** What `commonErrors` tell in Arabic. */
export const commonErrorsInArabic: Readonly<Record<CommonErrorName, Translation>> = {
  invalidInput: ['المدخلات تخالف {count} من القواعد', 'التفاصيل في errors'],
  malformed: ['الطلب ليس {wanted} صحيحا'],
  unauthenticated: ['يتطلب {useCase} تسجيل الدخول'],
  permissionDenied: ['يتطلب {useCase} الصلاحية {permission}'],
  orgMissing: [
    'الطلب لا يخص أي مؤسسة',
    'يعمل الأعضاء باسم مؤسستهم؛ ومع المفتاح السري تذكر المؤسسة في الترويسة Ashlar-Organisation',
  ],
  notFound: ['لا يوجد {what} {id}'],
  staleVersion: ['كان المتوقع الإصدار {expected} وهو الآن {actual}', 'اقرأ البيانات من جديد ثم أعد التعديل عليها'],
  illegalTransition: ['لا يمكن الانتقال من {from} إلى {to}؛ المسموح: {allowed}'],
  inUse: ['{what} قيد الاستخدام لدى {by}', 'الأرشفة ممكنة بدلا من الحذف'],
  idempotencyConflict: ['استُخدم مفتاح Idempotency-Key هذا لطلب آخر'],
  idempotencyKeyInvalid: ['يتكون Idempotency-Key من 1 إلى 255 محرف ASCII قابل للطباعة'],
  busy: ['كان آخرون يعدلون البيانات نفسها؛ لم ينفذ شيء'],
  tooSlow: ['استغرق {useCase} وقتا أطول من المسموح؛ لم ينفذ شيء'],
  suiteNotInstalled: ['لم تُضف المنظومة {suite} إلى هذا المشروع'],
  useCaseUnknown: ['لا توجد عملية باسم {name}'],
  stepWithdrawn: ['سُحبت الخطوة {step} قبل تنفيذها'],
};
