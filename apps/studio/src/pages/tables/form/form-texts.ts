import { defineTexts } from '../../../texts/use-text.ts';

export const formTexts = defineTexts(
  {
    form: 'Form',
    openForm: 'Open as a form',
    record: 'Record {number, number}',
    newRecord: 'New record',
    next: 'Next record',
    previous: 'Previous record',
    keys: 'Page up and Page down go from record to record, Enter saves a field, Esc goes back to the rows.',
    noRecord: 'Choose a row: it is shown here.',
    openLinked: 'Open the record in {name}',
  },
  {
    form: 'نموذج',
    openForm: 'فتح كنموذج',
    record: 'السجل {number, number}',
    newRecord: 'سجل جديد',
    next: 'السجل التالي',
    previous: 'السجل السابق',
    keys: 'ينتقل Page Up وPage Down بين السجلات، ويحفظ Enter الحقل، ويعيدك Esc إلى الصفوف.',
    noRecord: 'اختر صفًا ليظهر هنا.',
    openLinked: 'فتح السجل في {name}',
  },
);
