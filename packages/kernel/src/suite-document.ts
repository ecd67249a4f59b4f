import type { PrintedPage } from './printed-page.ts';
import type { AnyUseCase } from './use-case.ts';

export type PrintedPaper = 'a4' | '80mm';
export type PrintedLanguage = 'en' | 'ar';

/** A document that never changes: its first print is remembered, and whatever differs from that is a copy. */
export interface PrintedOriginal {
  /** What the print is remembered for. */
  readonly documentId: string;
  /** Whose it is. */
  readonly orgId: string;
  /** SHA-256 of the first prints, in hexadecimal digits. */
  readonly prints: readonly {
    readonly paper: string;
    readonly language: string;
    readonly sha256: string;
  }[];
}

export interface DocumentToPrint {
  readonly page: PrintedPage;
  /** Null: it is told anew each time, as a statement is. */
  readonly original: PrintedOriginal | null;
}

/** A document a suite prints: its route answers a PDF, with the rights of the query that tells it. */
export interface SuiteDocument {
  /** `suite.purpose`. */
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  /** `GET /invoices/:invoiceId/pdf`; `:name` is the query's member of that name. */
  readonly route: `GET /${string}`;
  /** A query of the suite, asked as the caller. It has no members `language`, `paper` and `copy`: those are the print's. */
  readonly useCase: AnyUseCase;
  /** What it can be printed on; the first unless told. */
  readonly papers: readonly PrintedPaper[];
  /** Raised when the same content comes to look different; 1 unless told. Older prints are not compared with newer ones. */
  readonly edition?: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- what the use case's output schema has written.
  readonly print: (output: any, paper: PrintedPaper) => DocumentToPrint;
  /**
   * The command that remembers a first print, run by the platform: `{ documentId, paper, language, sha256, edition }` in, the
   * `sha256` that was first out, which is another one when two printed at once and differed.
   */
  readonly keep?: AnyUseCase;
}
