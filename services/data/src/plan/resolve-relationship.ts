import { closest, relationKey, type Relationship, type Snapshot } from '@ashlar/postgres';
import { relationshipAmbiguous, relationshipUnknown } from './embed-errors.ts';
import type { QualifiedName } from './query-plan.ts';

const SIMILAR_RELATION = 0.75;

/**
 * The one relationship `target[!hint]` means when embedded in `origin`.
 *
 * @param schema Of the request: embedded rows must live there, wherever the origin does.
 * @throws PGRST200 for none, PGRST201 for several.
 */
export function resolveRelationship(
  snapshot: Snapshot,
  schema: string,
  origin: QualifiedName,
  target: string,
  hint: string | null,
): Relationship {
  const known = (snapshot.relationships.get(relationKey(origin.schema, origin.name)) ?? []).filter(
    (relationship) => relationship.targetSchema === schema,
  );
  const computed = known.filter(({ computedBy }) => computedBy?.name === target);
  const declared = known.filter(({ computedBy }) => computedBy === null);
  const candidates =
    computed.length > 0
      ? computed
      : declared.filter((candidate) =>
          hint === null ? matchesWord(candidate, target) : matchesHint(candidate, target, hint),
        );
  const [only] = candidates;
  if (only === undefined) {
    const similar = closest(
      target,
      known.map((candidate) => candidate.target),
      SIMILAR_RELATION,
    );
    throw relationshipUnknown(origin.name, target, hint, schema, similar === target ? null : similar);
  }
  if (candidates.length > 1) throw relationshipAmbiguous(origin.name, target, candidates);
  return only;
}

/** The target's name, the constraint's, or the column of the origin that refers to it. */
function matchesWord(relationship: Relationship, word: string): boolean {
  if (relationship.target === word) return !(relationship.selfReference && relationship.ownsForeignKey);
  if (relationship.junction !== null) return false;
  if (relationship.constraint === word && !relationship.throughView) {
    return !relationship.selfReference || relationship.ownsForeignKey;
  }
  return relationship.ownsForeignKey && onlyColumn(relationship, 'origin') === word;
}

/** The constraint, the column at either end, or the junction. */
function matchesHint(relationship: Relationship, target: string, hint: string): boolean {
  if (relationship.target !== target) return false;
  // A table that refers to itself is named for its children; the parent is asked for by the column alone.
  if (relationship.selfReference && relationship.ownsForeignKey) return false;
  if (relationship.junction !== null) return relationship.junction.name === hint;
  return (
    relationship.constraint === hint ||
    onlyColumn(relationship, 'origin') === hint ||
    onlyColumn(relationship, 'target') === hint
  );
}

function onlyColumn({ columns }: Relationship, end: 'origin' | 'target'): string | null {
  return columns.length === 1 ? (columns[0]?.[end] ?? null) : null;
}
