import { defineTexts } from '../../../texts/use-text.ts';

export const diagramTexts = defineTexts(
  {
    view: 'View',
    around: 'Only around a table',
    drawing: 'Drawing',
    list: 'List',
    label: 'Diagram of tables; “List” shows the same as text',
    controls: 'Zoom',
    count:
      '{tables, plural, one {# table} other {# tables}}, {keys, plural, one {# foreign key} other {# foreign keys}}',
    more: '{count, plural, one {# more column} other {# more columns}}',
    key: 'Primary key',
    pointer: 'Foreign key',
    pointsTo: 'points to {table} by {columns}',
    pointedFrom: '{table} points here by {columns}',
    noRelations: 'no relations',
  },
  {
    view: 'العرض',
    around: 'حول جدول واحد فقط',
    drawing: 'رسم',
    list: 'قائمة',
    label: 'رسم الجداول، و«قائمة» تعرض الشيء نفسه نصًا',
    controls: 'التكبير',
    count:
      '{tables, plural, one {جدول واحد} two {جدولان} few {# جداول} many {# جدولًا} other {# جدول}}، {keys, plural, =0 {بلا مفاتيح خارجية} one {مفتاح خارجي واحد} two {مفتاحان خارجيان} few {# مفاتيح خارجية} many {# مفتاحًا خارجيًا} other {# مفتاح خارجي}}',
    more: '{count, plural, one {عمود آخر} two {عمودان آخران} few {# أعمدة أخرى} many {# عمودًا آخر} other {# عمود آخر}}',
    key: 'مفتاح أساسي',
    pointer: 'مفتاح خارجي',
    pointsTo: 'يشير إلى {table} عبر {columns}',
    pointedFrom: 'يشير {table} إليه عبر {columns}',
    noRelations: 'بلا علاقات',
  },
);
