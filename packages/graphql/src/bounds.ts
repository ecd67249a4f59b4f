/** Bounds of one GraphQL document, whoever answers it. What lies beyond them is refused before any of it is planned. */

/** Characters of a document; clients that need more keep it as a persisted operation. */
export const MAX_DOCUMENT_LENGTH: number = 128 * 1024;
/** Lexical tokens of a document, comments and commas aside. */
export const MAX_TOKENS = 20_000;
/** Fields of an operation with its fragments spread, so that fragments of fragments cannot multiply. */
export const MAX_FIELDS = 2000;
/** Fields inside fields; a relation takes three levels of them: collection, edges, node. */
export const MAX_DEPTH = 42;
/** Fields at the top: each is a statement of its own, or a part of one. */
export const MAX_ROOT_FIELDS = 50;
/** Errors reported of one document. */
export const MAX_ERRORS = 20;
