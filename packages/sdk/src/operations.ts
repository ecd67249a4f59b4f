/** What a use case takes, answers, and refuses with. */
export interface Operation {
  readonly input: unknown;
  readonly output: unknown;
  readonly code: string;
}

/** Where a use case answers, below `/api/v1/<suite>`. */
export interface OperationRoute {
  readonly method: string;
  /** `/reservations/{reservationId}/release`: members of the input by name. */
  readonly path: string;
  /** Where the other members of the input travel. */
  readonly rest: 'body' | 'query';
}

/** The routes of a suite; its type carries what they take and answer. */
export type OperationTable<Operations> = { readonly [Name in keyof Operations]: OperationRoute };

/** Suites by name, as a client is made with. */
// oxlint-disable-next-line typescript/no-explicit-any -- a table of any operations.
export type SuiteTables = Readonly<Record<string, OperationTable<any>>>;
