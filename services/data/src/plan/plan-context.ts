import { closest, relationKey, type Relation, type Snapshot } from '@ashlar/postgres';
import type { RowMediaType } from '../parse/media-type.ts';
import type { QueryTree } from '../parse/parse-query.ts';
import type { Preferences } from '../parse/prefer.ts';
import { intersectRanges, type RowRange } from '../parse/range.ts';
import { restErrors } from '../rest-errors.ts';
import type { LevelContext } from './plan-level.ts';

/** What every plan is made from, besides its own resource. */
export interface PlanContext extends LevelContext {
  readonly tree: QueryTree;
  readonly preferences: Preferences;
  readonly media: RowMediaType;
  /** Rows asked for by the `Range` header. */
  readonly headerRange: RowRange;
}

const SIMILAR_RELATION = 0.75;

/** @throws PGRST205 for a name the schema does not have. */
export function findRelation(
  { snapshot, schema }: { readonly snapshot: Snapshot; readonly schema: string },
  name: string,
): Relation {
  const relation = snapshot.relations.get(relationKey(schema, name));
  if (relation !== undefined) return relation;
  const names = [...snapshot.relations.values()].flatMap((known) => (known.schema === schema ? [known.name] : []));
  throw restErrors.relationUnknown(schema, name, closest(name, names, SIMILAR_RELATION));
}

/** The rows of the request's own relation: parameters, `Range` header and the project's cap together. */
export function rootRange({ tree, headerRange, maxRows }: PlanContext): RowRange {
  const own = rangeOfParameters(tree);
  const asked = intersectRanges(own, headerRange);
  return { offset: asked.offset, limit: maxRows === null ? asked.limit : Math.min(asked.limit ?? Infinity, maxRows) };
}

export function rangeOfParameters({ limits, offsets }: QueryTree): RowRange {
  const limit = limits.findLast(({ path }) => path.length === 0)?.value ?? null;
  const offset = offsets.findLast(({ path }) => path.length === 0)?.value ?? 0;
  return { offset, limit: limit === null ? null : limit };
}
