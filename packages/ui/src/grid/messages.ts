import type { Refusal } from './types/field-type.ts';

/** Every word the grid says, in one language. */
export interface GridMessages {
  readonly refusals: Readonly<Record<Refusal, string>>;
  readonly null: string;
  readonly loading: string;
  readonly noRows: string;
  readonly newRow: string;
  readonly saving: string;
  readonly yours: string;
  readonly theirs: string;
  readonly keepMine: string;
  readonly takeTheirs: string;
  readonly conflict: string;
  readonly tooMuch: string;
  readonly notPasted: string;
  readonly readOnly: string;
  readonly select: string;
  readonly selectAll: string;
  readonly sort: string;
  readonly filtered: string;
  readonly columnMenu: string;
  readonly noMatch: string;
  readonly searching: string;
  readonly searchFailed: string;
  readonly fill: string;
  readonly rows: (count: number, locale: string) => string;
}

export const englishGridMessages: GridMessages = {
  refusals: {
    notBoolean: 'Write true or false',
    notInteger: 'Write a whole number',
    outOfRange: 'This number is too large for the column',
    notNumber: 'Write a number',
    notDate: 'Write a date, such as 2026-11-21',
    notTime: 'Write a time, such as 14:30',
    notTimestamp: 'Write a date and a time, such as 2026-11-21 14:30',
    notInterval: 'Write a length of time, such as 2 days 03:00',
    notUuid: 'Write a UUID of 32 hexadecimal digits',
    notJson: 'This is not valid JSON',
    notArray: 'Write a list, such as a, b, c',
    notChoice: 'Choose one of the list',
    notRange: 'Write a range, such as [1,10)',
    notBytes: 'Write bytes in hexadecimal, such as \\xdeadbeef',
    notAddress: 'Write an address, such as 192.168.0.1',
    notShape: 'Write coordinates, such as (1,2)',
    required: 'This column needs a value',
    tooLong: 'This is longer than the column allows',
  },
  null: 'NULL',
  loading: 'Loading',
  noRows: 'No rows',
  newRow: 'New row',
  saving: 'Saving',
  yours: 'Yours',
  theirs: 'Theirs',
  keepMine: 'Keep mine',
  takeTheirs: 'Take theirs',
  conflict: 'Somebody else changed this cell',
  tooMuch: 'That is more than 200,000 cells. Use an import instead.',
  notPasted: 'The clipboard holds nothing to paste',
  readOnly: 'This column cannot be edited',
  select: 'Select row',
  selectAll: 'Select all rows',
  sort: 'Sort',
  filtered: 'Filtered',
  columnMenu: 'Column menu',
  noMatch: 'Nothing found',
  searching: 'Searching',
  searchFailed: 'The search failed',
  fill: 'Fill',
  rows: (count, locale) => `${new Intl.NumberFormat(locale).format(count)} rows`,
};

export const arabicGridMessages: GridMessages = {
  refusals: {
    notBoolean: 'اكتب نعم أو لا',
    notInteger: 'اكتب عددًا صحيحًا',
    outOfRange: 'هذا العدد أكبر مما يتسع له العمود',
    notNumber: 'اكتب رقمًا',
    notDate: 'اكتب تاريخًا مثل 2026-11-21',
    notTime: 'اكتب وقتًا مثل 14:30',
    notTimestamp: 'اكتب تاريخًا ووقتًا مثل 2026-11-21 14:30',
    notInterval: 'اكتب مدة مثل 2 days 03:00',
    notUuid: 'اكتب معرّف UUID من 32 خانة ست عشرية',
    notJson: 'هذا ليس JSON صالحًا',
    notArray: 'اكتب قائمة مثل أ، ب، ج',
    notChoice: 'اختر من القائمة',
    notRange: 'اكتب مجالًا مثل [1,10)',
    notBytes: 'اكتب بايتات بالست عشري مثل \\xdeadbeef',
    notAddress: 'اكتب عنوانًا مثل 192.168.0.1',
    notShape: 'اكتب إحداثيات مثل (1,2)',
    required: 'هذا العمود يحتاج إلى قيمة',
    tooLong: 'النص أطول مما يسمح به العمود',
  },
  null: 'NULL',
  loading: 'جارٍ التحميل',
  noRows: 'لا توجد صفوف',
  newRow: 'صف جديد',
  saving: 'جارٍ الحفظ',
  yours: 'قيمتك',
  theirs: 'قيمة الآخر',
  keepMine: 'احتفظ بقيمتي',
  takeTheirs: 'خذ قيمته',
  conflict: 'غيّر شخص آخر هذه الخلية',
  tooMuch: 'أكثر من 200 ألف خلية. استخدم الاستيراد بدلًا من ذلك.',
  notPasted: 'لا شيء في الحافظة للصقه',
  readOnly: 'لا يمكن تعديل هذا العمود',
  select: 'تحديد الصف',
  selectAll: 'تحديد كل الصفوف',
  sort: 'ترتيب',
  filtered: 'مصفّى',
  columnMenu: 'قائمة العمود',
  noMatch: 'لم يُعثر على شيء',
  searching: 'جارٍ البحث',
  searchFailed: 'تعذّر البحث',
  fill: 'تعبئة',
  rows: (count, locale) => `${new Intl.NumberFormat(locale).format(count)} صفوف`,
};
