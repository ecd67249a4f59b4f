export { createPrinter } from './create-printer.ts';
export type { Printer, PrinterOptions, PrintRequest } from './create-printer.ts';
export { documentErrors } from './document-errors.ts';
export type { PrintOptions } from './page-data.ts';
