/**
 * For sessions with more rights than a project's owner. Whoever may create in `public` could otherwise leave a function
 * there that fits the arguments of ours better than PostgreSQL's own of that name, and would be called with our rights.
 */
export const CATALOG_ONLY = `SET search_path = ''`;
