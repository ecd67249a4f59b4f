import type { ErrorKind } from '@ashlar/kernel';

/** Languages refusals are told in. */
export type ProblemLanguage = 'en' | 'ar';

/** Of a header nobody would write by hand. */
const MOST_RANGES = 20;

/** What a code is in general, where it is told in Arabic: in English the code's own words say it. */
export const kindsInArabic: Readonly<Record<ErrorKind, string>> = {
  malformed: 'طلب غير صحيح الصيغة',
  unauthenticated: 'تسجيل الدخول مطلوب',
  forbidden: 'غير مسموح',
  not_found: 'غير موجود',
  method_not_allowed: 'الطريقة غير مسموح بها',
  not_acceptable: 'صيغة الجواب المطلوبة غير متاحة',
  conflict: 'تعارض',
  precondition: 'شرط مسبق لم يتحقق',
  too_large: 'أكبر من المسموح',
  unprocessable: 'المدخلات تخالف قاعدة',
  rate_limited: 'طلبات كثيرة',
  unavailable: 'غير متاح الآن',
  timeout: 'انتهت المهلة',
  internal: 'خطأ من جهتنا',
};

/** The language a reader likes best of those there are; English when they like none. */
export function problemLanguage(acceptLanguage: string | undefined): ProblemLanguage {
  const ranges = (acceptLanguage ?? '').split(',', MOST_RANGES).map((range) => {
    const [tag = '', ...terms] = range
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const quality = terms.find((term) => term.startsWith('q='))?.slice(2);
    return { language: tag.split('-', 1)[0], quality: quality === undefined ? 1 : Number(quality) };
  });
  const best = (language: ProblemLanguage): number =>
    Math.max(0, ...ranges.flatMap((one) => (one.language === language && one.quality <= 1 ? [one.quality] : [])));
  return best('ar') > best('en') ? 'ar' : 'en';
}
