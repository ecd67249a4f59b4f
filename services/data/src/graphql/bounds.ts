/** Bounds of what one GraphQL request asks of tables; those of any document are `@ashlar/graphql`'s. */

/** Collections and related rows of an operation: each is a subquery, as each embed of REST is. */
export const MAX_RELATIONS = 64;
/** Rows an operation may return if every page is full. */
export const MAX_NODES = 1_000_000;
/** Levels of `and`, `or` and `not` in a filter. */
export const MAX_FILTER_DEPTH = 20;
/** Values of one list; each is a comparison. */
export const MAX_LIST_ITEMS = 20_000;
/** Values of one insert, rows times columns: PostgreSQL's protocol ends at 65,535. */
export const MAX_INSERTED_VALUES = 60_000;
/** Rows of a page, unless a comment directive says otherwise. */
export const DEFAULT_MAX_ROWS = 30;
