import type { Transaction } from '@ashlar/postgres';
import { LOCK_MODES, type DropTarget, type ObjectName, type TableLock } from './operations/operation.ts';

export interface Removals {
  readonly removes: readonly ObjectName[];
  /** What depends on it and is not to go: then nothing goes. */
  readonly blockedBy: readonly ObjectName[];
  readonly locks: readonly TableLock[];
  /** Tables and columns of tables whose rows or values go. */
  readonly data: readonly { readonly schema: string; readonly table: string; readonly column: string | null }[];
}

interface Row extends Record<string, unknown> {
  readonly type: string;
  readonly schema: string | null;
  readonly identity: string;
  readonly relation: string | null;
  readonly column: string | null;
  readonly relkind: string | null;
  readonly other: string | null;
  readonly blocks: boolean;
}

const KINDS: Readonly<Record<string, ObjectName['kind']>> = {
  schema: 'schema',
  table: 'table',
  'foreign table': 'foreign table',
  view: 'view',
  'materialized view': 'materialized view',
  sequence: 'sequence',
  'table column': 'column',
  'table constraint': 'constraint',
  index: 'index',
  policy: 'policy',
  trigger: 'trigger',
  function: 'function',
  procedure: 'function',
  aggregate: 'function',
  type: 'type',
  extension: 'extension',
  'publication relation': 'publication member',
};

/** Follows what depends on the target the way the server does when it drops it. */
export async function readRemovals(tx: Transaction, target: DropTarget): Promise<Removals> {
  const { rows } = await tx.query<Row>(REMOVALS, [
    `pg_catalog.${target.catalogue}`,
    target.oid,
    target.part,
    target.cascade,
  ]);
  const gone = rows.filter(({ blocks }) => !blocks);
  return {
    removes: gone.flatMap(objectOf),
    blockedBy: rows.filter(({ blocks }) => blocks).flatMap(objectOf),
    locks: gone.flatMap(locksOf),
    data: gone.flatMap(({ relkind, schema, relation, column }) =>
      (relkind === 'r' || relkind === 'p') && schema !== null && relation !== null
        ? [{ schema, table: relation, column }]
        : [],
    ),
  };
}

function objectOf({ type, identity }: Row): ObjectName[] {
  const kind = KINDS[type];
  return kind === undefined ? [] : [{ kind, identity }];
}

/** Dropping a constraint, a policy or a trigger takes the table it belongs to, and a foreign key both ends. */
function locksOf({ schema, relation, other }: Row): TableLock[] {
  return [
    ...(schema === null || relation === null ? [] : [`${schema}.${relation}`]),
    ...(other === null ? [] : [other]),
  ].map((name) => ({ relation: name, mode: 'access exclusive' }));
}

/** One lock for each relation, the strongest. */
export function strongestLocks(locks: readonly TableLock[]): readonly TableLock[] {
  const strongest = new Map<string, TableLock>();
  for (const lock of locks) {
    const known = strongest.get(lock.relation);
    const isStronger = known === undefined || LOCK_MODES.indexOf(lock.mode) > LOCK_MODES.indexOf(known.mode);
    strongest.set(lock.relation, {
      relation: lock.relation,
      mode: isStronger ? lock.mode : known.mode,
      rewrites: lock.rewrites === true || known?.rewrites === true,
      scans: lock.scans === true || known?.scans === true,
    });
  }
  return [...strongest.values()].toSorted((left, right) => (left.relation < right.relation ? -1 : 1));
}

/**
 * All that goes with `$2`: what depends on it by itself or as a part of it, what that depends on as a part (a view's
 * rule takes the view along), and, with cascade, everything that needs it. Without, the latter blocks.
 *
 * @see src/backend/catalog/dependency.c, findDependentObjects
 */
const REMOVALS = `
with recursive gone (classid, objid, objsubid) as (
  select $1::regclass::oid, $2::oid, $3::int
  union
  select next.classid, next.objid, next.objsubid
  from gone g
  cross join lateral (
    select d.classid, d.objid, d.objsubid
    from pg_catalog.pg_depend d
    where d.refclassid = g.classid and d.refobjid = g.objid
      and (g.objsubid = 0 or d.refobjsubid = g.objsubid)
      and (d.deptype in ('a', 'i', 'S', 'P') or ($4 and d.deptype in ('n', 'x')))
      and not (d.classid = g.classid and d.objid = g.objid)
    union all
    select d.refclassid, d.refobjid, d.refobjsubid
    from pg_catalog.pg_depend d
    where d.classid = g.classid and d.objid = g.objid and g.objsubid = 0 and d.deptype = 'i'
      -- An identity's sequence goes with its column, never the other way round.
      and d.refobjsubid = 0
  ) next
),
blocking as (
  select distinct d.classid, d.objid, d.objsubid
  from gone g
  join pg_catalog.pg_depend d on d.refclassid = g.classid and d.refobjid = g.objid
    and (g.objsubid = 0 or d.refobjsubid = g.objsubid)
  where d.deptype = 'n' and not $4
    and not exists (select from gone k where k.classid = d.classid and k.objid = d.objid and k.objsubid in (0, d.objsubid))
  union
  -- A part goes with what it is a part of, never by itself.
  select d.refclassid, d.refobjid, d.refobjsubid
  from pg_catalog.pg_depend d
  where d.classid = $1::regclass::oid and d.objid = $2::oid and $3 = 0 and d.deptype in ('i', 'e')
),
listed as (
  select g.*, false as blocks from gone g
  union all
  select b.*, true from blocking b
)
select case when w.oid is null then o.type when c.relkind = 'm' then 'materialized view' else 'view' end as type,
  case
    when l.classid = 'pg_catalog.pg_class'::regclass then concat_ws('.', n.nspname, c.relname, a.attname)
    when l.classid = 'pg_catalog.pg_constraint'::regclass then concat_ws('.', n.nspname, c.relname, k.conname)
    when l.classid = 'pg_catalog.pg_policy'::regclass then concat_ws('.', n.nspname, c.relname, p.polname)
    when l.classid = 'pg_catalog.pg_trigger'::regclass then concat_ws('.', n.nspname, c.relname, t.tgname)
    when l.classid in ('pg_catalog.pg_publication_rel'::regclass, 'pg_catalog.pg_rewrite'::regclass) then concat_ws('.', n.nspname, c.relname)
    when l.classid = 'pg_catalog.pg_proc'::regclass then concat_ws('.', fn.nspname, f.proname)
    else concat_ws('.', o.schema, coalesce(o.name, o.identity))
  end as identity,
  c.relname as relation, a.attname as column,
  case when l.classid = 'pg_catalog.pg_class'::regclass then c.relkind end as relkind,
  case when k.contype = 'f' then (
    select concat_ws('.', rn.nspname, r.relname)
    from pg_catalog.pg_class r join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace where r.oid = k.confrelid
  ) when c.relkind = 'i' then (
    select concat_ws('.', rn.nspname, r.relname)
    from pg_catalog.pg_index i join pg_catalog.pg_class r on r.oid = i.indrelid
    join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace where i.indexrelid = c.oid
  ) end as other,
  l.blocks, n.nspname as schema
from listed l
cross join lateral pg_catalog.pg_identify_object(l.classid, l.objid, l.objsubid) o
left join pg_catalog.pg_constraint k on l.classid = 'pg_catalog.pg_constraint'::regclass and k.oid = l.objid
left join pg_catalog.pg_policy p on l.classid = 'pg_catalog.pg_policy'::regclass and p.oid = l.objid
left join pg_catalog.pg_trigger t on l.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = l.objid
left join pg_catalog.pg_publication_rel m on l.classid = 'pg_catalog.pg_publication_rel'::regclass and m.oid = l.objid
left join pg_catalog.pg_rewrite w on l.classid = 'pg_catalog.pg_rewrite'::regclass and w.oid = l.objid
left join pg_catalog.pg_proc f on l.classid = 'pg_catalog.pg_proc'::regclass and f.oid = l.objid
left join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace
left join pg_catalog.pg_class c on c.oid = coalesce(k.conrelid, p.polrelid, t.tgrelid, m.prrelid, w.ev_class,
  case when l.classid = 'pg_catalog.pg_class'::regclass then l.objid end)
left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_attribute a on l.classid = 'pg_catalog.pg_class'::regclass and l.objsubid > 0
  and a.attrelid = l.objid and a.attnum = l.objsubid
where o.type not like 'toast%' and n.nspname is distinct from 'pg_toast'
  -- A view is known by its rule where that is what stands in the way, and goes by itself else.
  and (w.oid is null or l.blocks)
  and not (l.classid = 'pg_catalog.pg_constraint'::regclass and coalesce(k.contype, 'n') in ('n', 't'))
  and not (l.classid = 'pg_catalog.pg_trigger'::regclass and t.tgisinternal)
  -- The types of a table's rows are nothing of their own.
  and not (l.classid = 'pg_catalog.pg_type'::regclass and exists (
    select from pg_catalog.pg_type y where y.oid = l.objid and (y.typelem <> 0 or y.typrelid <> 0 and exists (
      select from pg_catalog.pg_class yc where yc.oid = y.typrelid and yc.relkind <> 'c'))))`;
