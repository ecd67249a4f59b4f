import type { Relationship } from '@ashlar/postgres';
import { RestError } from '../rest-error.ts';

/** PGRST200: no way leads from `origin` to `target`. */
export function relationshipUnknown(
  origin: string,
  target: string,
  hint: string | null,
  schema: string,
  similar: string | null,
): RestError {
  const using = hint === null ? '' : ` using the hint '${hint}'`;
  return new RestError({
    status: 400,
    code: 'PGRST200',
    message: `Could not find a relationship between '${origin}' and '${target}' in the schema cache`,
    details: `Searched for a foreign key relationship between '${origin}' and '${target}'${using} in the schema '${schema}', but no matches were found.`,
    hint: similar === null ? null : `Perhaps you meant '${similar}' instead of '${target}'.`,
    suggests: similar === null ? null : { kind: 'relation', schema, name: similar },
  });
}

/** PGRST201: several ways do, and all are listed. */
export function relationshipAmbiguous(origin: string, target: string, candidates: readonly Relationship[]): RestError {
  const words = candidates.map((candidate) => `'${candidate.target}!${hintOf(candidate)}'`).join(', ');
  return new RestError({
    status: 300,
    code: 'PGRST201',
    message: `Could not embed because more than one relationship was found for '${origin}' and '${target}'`,
    details: candidates.map(describe),
    hint: `Try changing '${target}' to one of the following: ${words}. Find the desired relationship in the 'details' key.`,
  });
}

function hintOf({ junction, constraint }: Relationship): string {
  return junction === null ? constraint : junction.name;
}

function describe(relationship: Relationship): {
  readonly cardinality: string;
  readonly embedding: string;
  readonly relationship: string;
} {
  return {
    cardinality: relationship.cardinality,
    embedding: `${relationship.origin} with ${relationship.target}`,
    relationship: way(relationship),
  };
}

function way({ junction, constraint, columns, origin, target }: Relationship): string {
  if (junction === null) {
    const originColumns = columns.map((pair) => pair.origin).join(', ');
    const targetColumns = columns.map((pair) => pair.target).join(', ');
    return `${constraint} using ${origin}(${originColumns}) and ${target}(${targetColumns})`;
  }
  const toOrigin = junction.originColumns.map((pair) => pair.target).join(', ');
  const toTarget = junction.targetColumns.map((pair) => pair.origin).join(', ');
  return `${junction.name} using ${junction.originConstraint}(${toOrigin}) and ${junction.targetConstraint}(${toTarget})`;
}
