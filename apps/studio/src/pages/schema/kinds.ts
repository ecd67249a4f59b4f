/** What the schema page shows, in the order of its tabs. */
export const KINDS = ['policies', 'keys', 'indexes', 'enums', 'functions', 'triggers', 'diagram'] as const;
export type Kind = (typeof KINDS)[number];

/** What of the page a shared link brings along. */
export interface SchemaSearch {
  readonly kind?: Kind;
  /** `schema.table`: only what belongs to it. */
  readonly of?: string;
  readonly new?: true;
}

export function readSchemaSearch(search: Readonly<Record<string, unknown>>): SchemaSearch {
  const kind = KINDS.find((one) => one === search['kind']);
  const of = search['of'];
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(typeof of === 'string' && of.includes('.') ? { of } : {}),
    ...(search['new'] === true ? { new: true } : {}),
  };
}
