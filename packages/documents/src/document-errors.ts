import { defineErrors, type ErrorFactory } from '@ashlar/kernel';

/** What keeps a document from becoming a page. */
export const documentErrors: Readonly<Record<'tooLarge' | 'busy', ErrorFactory>> = defineErrors(
  'documents',
  {
    tooLarge: { kind: 'unprocessable', title: 'The document has {rows} rows; {most} are printed at most' },
    busy: { kind: 'unavailable', title: 'Too many documents are being printed', hint: 'Try again in a moment' },
  },
  {
    ar: {
      tooLarge: ['في المستند {rows} من الأسطر، ولا يطبع أكثر من {most}'],
      busy: ['تطبع الآن مستندات كثيرة', 'أعد المحاولة بعد لحظات'],
    },
  },
);
