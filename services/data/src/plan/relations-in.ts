import type { Level, QualifiedName, QueryPlan } from './query-plan.ts';

export interface ReadRelation {
  readonly alias: string;
  readonly relation: QualifiedName;
}

/** Every relation the statement reads or writes columns of, under the name it has there. */
export function relationsIn({ level, action }: QueryPlan): readonly ReadRelation[] {
  const written =
    action === null || action.kind === 'call' ? [] : [{ alias: action.relation.name, relation: action.relation }];
  return [...written, ...(level === null ? [] : relationsOfLevel(level))];
}

function relationsOfLevel({ source, alias, embeds }: Level): readonly ReadRelation[] {
  const own = source.kind === 'relation' ? [{ alias, relation: source }] : [];
  return [
    ...own,
    ...embeds.flatMap(({ level, link }) => [
      ...(link.kind === 'junction' ? [{ alias: link.alias, relation: link.junction }] : []),
      ...relationsOfLevel(level),
    ]),
  ];
}
