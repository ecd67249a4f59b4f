/** Words of ours: every language a page is printed in. */
export interface Wording {
  readonly en: string;
  readonly ar: string;
}

/** What stands in one place of a page. How it is written (decimals, direction, both languages) is the printer's business. */
export type PrintedValue =
  | { readonly kind: 'label'; readonly words: Wording }
  /** Somebody's text by language: that of the page first, one other beneath it. */
  | { readonly kind: 'words'; readonly words: Readonly<Record<string, string>>; readonly code?: string | undefined }
  /** Somebody's text in whatever language it is; may have several lines. */
  | { readonly kind: 'text'; readonly text: string }
  /** Numbers of documents, SKUs, dates, percentages: always from left to right. */
  | { readonly kind: 'code'; readonly code: string }
  /** Minor units, with decimals where it is a price per unit. The currency is shown where `named` says so. */
  | { readonly kind: 'amount'; readonly minor: string; readonly currency: string; readonly named?: boolean }
  /** An empty box, for whoever works with the paper in hand. */
  | { readonly kind: 'tick' }
  /** The first stands out, all others are beneath it. */
  | { readonly kind: 'several'; readonly values: readonly [PrintedValue, ...PrintedValue[]] };

export interface PrintedParty {
  readonly heading: Wording;
  readonly name: PrintedValue;
  readonly lines: readonly PrintedValue[];
}

export interface PrintedColumn {
  readonly heading: Wording;
  /** Share of the width that is left; 0 takes what it needs. */
  readonly share: number;
  readonly isNumber?: boolean;
}

export interface PrintedFact {
  readonly label: Wording;
  /** Beside the label, such as the percentage of a tax; from left to right. */
  readonly code?: string;
  readonly value: PrintedValue;
}

/** A document as data: what stands on it, in which order. It holds no layout, and nothing that is not printed. */
export interface PrintedPage {
  readonly title: Wording;
  /** Its number, where it has one; also the name of the file. */
  readonly number: string | null;
  /** The moment the file says it was made at; a document of the same content is the same bytes. */
  readonly madeAt: Date;
  readonly from: PrintedParty | null;
  readonly to: PrintedParty | null;
  /** A third one, such as where it goes when somebody else pays. */
  readonly also?: PrintedParty;
  readonly facts: readonly PrintedFact[];
  readonly columns: readonly PrintedColumn[];
  readonly rows: readonly (readonly PrintedValue[])[];
  /** The last is the one that counts. */
  readonly totals: readonly PrintedFact[];
  readonly notes: readonly PrintedFact[];
  /** Lines to sign on, such as who packed it; none unless told. */
  readonly signatures?: readonly Wording[];
  /** What a scanner reads; null: no code. */
  readonly qr: string | null;
  /** What the file's foot says beside the number of the page, such as a seal. */
  readonly seal: string | null;
}
