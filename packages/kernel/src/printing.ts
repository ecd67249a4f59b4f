import type { PrintedFact, PrintedValue, Wording } from './printed-page.ts';

// How suites write what stands in a place of a page.

export const code = (text: string): PrintedValue => ({ kind: 'code', code: text });
export const text = (said: string): PrintedValue => ({ kind: 'text', text: said });
export const label = (wording: Wording): PrintedValue => ({ kind: 'label', words: wording });
export const fact = (wording: Wording, value: PrintedValue): PrintedFact => ({ label: wording, value });

/** `2.500000` as people write it. */
export function shortDecimal(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** The moment a document of a day says it was made at, wherever it is printed. */
export function startOfDay(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}

/** What a print was made by: prints of one edition can be compared byte by byte. */
export function printEdition(documentEdition: number | undefined, printerEdition: string): string {
  return `${documentEdition ?? 1}/${printerEdition}`;
}
