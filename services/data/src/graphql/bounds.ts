/** Bounds of one GraphQL request. What lies beyond them is refused before any of it is planned. */

/** Characters of a document; clients that need more keep it as a persisted operation. */
export const MAX_DOCUMENT_LENGTH: number = 128 * 1024;
/** Lexical tokens of a document, comments and commas aside. */
export const MAX_TOKENS = 20_000;
/** Fields of an operation with its fragments spread, so that fragments of fragments cannot multiply. */
export const MAX_FIELDS = 2000;
/** Fields inside fields; a relation takes three levels of them: collection, edges, node. */
export const MAX_DEPTH = 42;
/** Fields at the top: each is a statement of its own inside the statement. */
export const MAX_ROOT_FIELDS = 50;
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
/** Errors reported of one document. */
export const MAX_ERRORS = 20;
/** Rows of a page, unless a comment directive says otherwise. */
export const DEFAULT_MAX_ROWS = 30;
