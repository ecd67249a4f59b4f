import type { Translation } from '@ashlar/kernel';

/** What `productErrors` tell in Arabic. */
export const productErrorsInArabic = {
  badCheckDigit: ['الباركود {code} ليس {symbology} صحيحا', 'طوله أو رقمه الأخير خطأ؛ امسحه من جديد'],
  barcodeTaken: ['أحد الباركودات المطلوبة مستخدم من قبل'],
  bundleCycle: ['لا يمكن أن تحتوي الحزمة نفسها ولا ما يحتويها'],
  bundleTooDeep: ['للحزم ثلاثة مستويات على الأكثر'],
  categoryCycle: ['لا يمكن أن يكون الصنف تحت نفسه'],
  choicesIncomplete: ['لكل متغير قيمة واحدة من القيم المعروضة لكل خيار من خيارات منتجه'],
  combinationExists: ['للمنتج متغير بهذه التوليفة من قبل'],
  duplicateOption: ['خيار أو قيمة منه مكررة؛ حالة الأحرف لا تفرق بينها'],
  frozenField: ['يبقى النوع والوحدة الأساسية وطريقة التتبع كما هي بعد أول حركة مخزون', 'أرشف المنتج وأنشئ غيره'],
  importFaulty: [
    'تعذر استيراد {count} من الصفوف فلم يستورد أي صف',
    'صححها، أو استورد البقية بالوضع valid-only؛ التجربة الجافة تعرضها كلها',
  ],
  importMalformed: ['تعذرت قراءة الملف: {reason}'],
  matrixTooLarge: ['تنتج هذه الخيارات {count} متغيرا، والحد الأقصى {limit}'],
  negativePrice: ['السعر صفر أو أكثر'],
  notABundle: ['المكونات للمنتجات من نوع bundle فقط'],
  notPublishable: ['لا يمكن نشر المنتج بعد؛ الناقص: {missing}'],
  priceCurrencyMismatch: ['عملة القائمة {list} وفي الطلب سعر بعملة {price}'],
  priceListCodeTaken: ['توجد قائمة أسعار بهذا الرمز'],
  priceUnresolved: ['لا يوجد الآن سعر لهذا المتغير بهذه الكمية والعملة'],
  skuTaken: ['أحد رموز SKU المطلوبة يخص متغيرا آخر'],
  slugTaken: ['أحد العناوين المختصرة المطلوبة يؤدي إلى شيء آخر'],
  tierOverlap: ['شريحتان في قائمة أسعار واحدة متداخلتان'],
  uomUnknown: ['{uom} ليست وحدة يعرفها الكتالوج'],
  validityReversed: ['النهاية ليست بعد البداية'],
} as const satisfies Readonly<Record<string, Translation>>;
