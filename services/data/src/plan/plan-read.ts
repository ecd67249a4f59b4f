import type { RowMediaType } from '../parse/media-type.ts';
import { findRelation, type PlanContext, rootRange } from './plan-context.ts';
import { planLevel } from './plan-level.ts';
import type { QueryPlan } from './query-plan.ts';

/** GET or HEAD of a relation. */
export function planRead(context: PlanContext, name: string): QueryPlan {
  const relation = findRelation(context, name);
  const level = planLevel(
    context,
    {
      source: { kind: 'relation', schema: relation.schema, name },
      alias: name,
      origin: relation,
      columnTypes: new Map(),
      range: rootRange(context),
    },
    context.tree,
  );
  return {
    action: null,
    level,
    render: renderingOf(context.media),
    stripNulls: stripsNulls(context.media),
    guards: [],
    count: context.preferences.count,
    countLimit: context.maxRows,
    location: null,
    range: level.range,
    returning: [],
    readsResponseSettings: false,
  };
}

export function renderingOf(media: RowMediaType): 'array' | 'one' | 'csv' {
  return media.kind === 'object' ? 'one' : media.kind === 'csv' ? 'csv' : 'array';
}

export function stripsNulls(media: RowMediaType): boolean {
  return (media.kind === 'object' || media.kind === 'array') && media.stripNulls;
}
