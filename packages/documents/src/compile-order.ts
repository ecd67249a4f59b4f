/** What the process that compiles is told, and what it answers. */
export interface CompileOrder {
  readonly id: number;
  readonly template: 'a4' | 'roll';
  /** JSON, as `pageData` writes it. */
  readonly data: string;
  readonly madeAtSeconds: number;
}

export interface CompileAnswer {
  readonly id: number;
  readonly bytes?: Uint8Array;
  readonly fault?: string;
  /** Memory of the process after this page. */
  readonly rssBytes: number;
}
