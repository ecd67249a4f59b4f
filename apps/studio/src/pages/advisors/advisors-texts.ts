import { defineTexts } from '../../texts/use-text.ts';

export const advisorsTexts = defineTexts(
  {
    title: 'Advisors',
    found: '{count, plural, =0 {Nothing found} one {# finding} other {# findings}}',
    again: 'Check again',
    fine: 'All is well',
    fineHint: 'The advisors looked at rights, policies, functions, indexes and realtime, and found nothing to mend.',
    error: 'Errors',
    errorHint: 'They let the wrong people at data, or stop changes.',
    warning: 'Warnings',
    warningHint: 'They cost something, or may.',
    hint: 'Hints',
    hintHint: 'Worth a thought.',
    security: 'Security',
    performance: 'Performance',
    realtime: 'Realtime',
    remedy: 'What to do',
    open: 'Open in SQL',
    mend: 'Mend',
    mendOf: 'Mend {object}',
    toPolicies: 'Policies',
    fixOf: 'Statement for {object}',
  },
  {
    title: 'المستشارون',
    found:
      '{count, plural, =0 {لا ملاحظات} one {ملاحظة واحدة} two {ملاحظتان} few {# ملاحظات} many {# ملاحظة} other {# ملاحظة}}',
    again: 'افحص مجددًا',
    fine: 'كل شيء على ما يرام',
    fineHint: 'فحص المستشارون الحقوق والسياسات والدوال والفهارس والبث المباشر، ولم يجدوا ما يحتاج إلى إصلاح.',
    error: 'أخطاء',
    errorHint: 'تتيح البيانات لغير أهلها، أو توقف التغييرات.',
    warning: 'تحذيرات',
    warningHint: 'لها كلفة، أو قد تكون لها.',
    hint: 'تلميحات',
    hintHint: 'تستحق التفكير.',
    security: 'الأمان',
    performance: 'الأداء',
    realtime: 'البث المباشر',
    remedy: 'ما العمل',
    open: 'افتح في SQL',
    mend: 'إصلاح',
    mendOf: 'إصلاح {object}',
    toPolicies: 'السياسات',
    fixOf: 'عبارة لـ {object}',
  },
);

/** What the server says in English, by the name of the advisor. */
export const advisorsInArabic: Readonly<
  Record<string, { readonly says: string; readonly remedy: string } | undefined>
> = {
  'row-security-disabled': {
    says: 'يصل مستدعو الواجهة إلى كل صفوف جدول بلا أمان على مستوى الصف',
    remedy: 'فعّل أمان مستوى الصف واكتب سياسات، أو اسحب حقوق anon و authenticated',
  },
  'row-security-without-policies': {
    says: 'لا أحد سوى مفاتيح الخدمة يرى صفوف جدول فيه أمان الصف وليست له سياسة',
    remedy: 'اكتب سياسة، أو اسحب الحقوق ليتضح أن ذلك مقصود',
  },
  'policy-lets-all-write': {
    says: 'تسمح سياسة للمستدعين بتغيير الصفوف بلا أي شرط',
    remedy: 'اذكر في السياسة لمن تعود الصفوف',
  },
  'definer-view': {
    says: 'يُظهر عرض لمستدعي الواجهة ما يراه مالكه، متجاوزًا سياسات الجداول التي تحته',
    remedy: 'alter view … set (security_invoker = true)',
  },
  'materialized-view-exposed': {
    says: 'يقرأ مستدعو الواجهة عرضًا مخزّنًا لا توجد له سياسات',
    remedy: 'انقله إلى مخطط غير مكشوف، أو اسحب الحقوق',
  },
  'accounts-exposed': {
    says: 'يعطي عرض مستدعي الواجهة ما في auth.users',
    remedy: 'احفظ ما يجوز للآخرين معرفته عن الشخص في جدول مستقل',
  },
  'definer-function-search-path': {
    says: 'دالة بحقوق مالكها تجد الأسماء في مسار بحث مستدعيها',
    remedy: 'حدّد لها search_path = pg_catalog, pg_temp واذكر مخطط كل ما تستعمله',
  },
  'definer-function-for-everybody': {
    says: 'يستطيع مستدعون مجهولون تشغيل دالة لها حقوق مالكها',
    remedy: 'اسحب حق التنفيذ من public و anon، إلا إن كانت لهم',
  },
  'extension-exposed': {
    says: 'دوال إضافة موجودة في مخطط تكشفه الواجهة',
    remedy: 'alter extension … set schema extensions',
  },
  'foreign-key-without-index': {
    says: 'حذف صف أو تضمينه يمرّ على كل الجدول الذي يشير إليه',
    remedy: 'أنشئ فهرسًا يبدأ بأعمدة المفتاح الخارجي',
  },
  'policy-calls-per-row': {
    says: 'تسأل سياسة عن هوية المستدعي من جديد لكل صف',
    remedy: 'اكتب (select auth.uid()) بدل auth.uid() فيُسأل مرة واحدة',
  },
  'policy-column-without-index': {
    says: 'تقارن سياسة عمودًا في جدول كبير لا يبدأ به أي فهرس',
    remedy: 'أنشئ فهرسًا على العمود',
  },
  'several-permissive-policies': {
    says: 'تُحسب كل السياسات المتعددة لدور وأمر واحد',
    remedy: 'اجمعها بـ OR في سياسة واحدة',
  },
  'no-primary-key': {
    says: 'صفوف جدول بلا مفتاح أساسي لا تُميَّز، لا في الواجهة ولا في البث المباشر',
    remedy: 'أضف مفتاحًا أساسيًا',
  },
  'same-index-twice': {
    says: 'فهرسان متطابقان إلا في الاسم، وكل كتابة تدفع ثمنهما',
    remedy: 'احذف الذي لا يقوم عليه قيد',
  },
  'index-never-used': {
    says: 'لم يستعمل أي استعلام فهرسًا لجدول كبير منذ بدء الإحصاء',
    remedy: 'احذفه إن مضى عليه وقت يكفي للحكم',
  },
  'deletes-not-told': {
    says: 'لا تُبلَّغ الصفوف المحذوفة إلا لمفاتيح الخدمة: يُقرَّر من يراها بحسب الصف القديم كله',
    remedy: 'alter table … replica identity full',
  },
  'updates-refused': {
    says: 'جدول منشور بلا مفتاح أساسي ولا هوية نسخ: تُرفض التعديلات والحذف',
    remedy: 'أضف مفتاحًا أساسيًا، أو اضبط replica identity full',
  },
};
