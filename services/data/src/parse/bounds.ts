/** Bounds of a request's grammar. What lies beyond them is refused as unparsable: no honest client comes near. */

/** Bytes of path and query together. */
export const MAX_URL_LENGTH: number = 64 * 1024;
/** Parameters of a query string. */
export const MAX_PARAMETERS = 1000;
/** Levels of embeds inside embeds. */
export const MAX_EMBED_DEPTH = 12;
/** Embeds of a whole select list: each is a join, and the planner's work grows faster than their number. */
export const MAX_EMBEDS = 64;
/** Fields, stars and embeds of a whole select list. */
export const MAX_SELECT_ITEMS = 1000;
/** Levels of and/or inside and/or. */
export const MAX_LOGIC_DEPTH = 20;
/** Values of one `in` list; each is a comparison. A `{…}` list is bounded by the URL it stands in. */
export const MAX_LIST_ITEMS = 20_000;
/** Steps of one JSON path. */
export const MAX_JSON_STEPS = 64;
/** Columns of one order, columns or on_conflict list: PostgreSQL's own limit of a table. */
export const MAX_COLUMNS = 1600;
/** Levels of a JSON body; PostgreSQL's own parser ends at its stack depth, some thousands. */
export const MAX_JSON_DEPTH = 1000;
/** Operations of one transaction. */
export const MAX_OPERATIONS = 100;
/** Bytes of a transaction's body, which unlike others is read here; and of all that references in it stand for. */
export const MAX_TRANSACTION_BYTES: number = 8 * 1024 * 1024;
/** References to earlier results in one transaction. */
export const MAX_REFERENCES = 1000;
/** Bytes of all results of one transaction, which are held until it is committed. */
export const MAX_RESULTS_BYTES: number = 64 * 1024 * 1024;
