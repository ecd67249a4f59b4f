import { must } from '@ashlar/kernel';
import type { Catalogue, CatalogueType, Oid } from './catalogue.ts';
import type { Attribute, Column, NamedType } from './snapshot.ts';

/** What a column has from its type. */
export interface ColumnType extends Pick<
  Column,
  'type' | 'nominalType' | 'category' | 'isArray' | 'isComposite' | 'maxLength' | 'enumLabels'
> {
  readonly domainNotNull: boolean;
  readonly domainDefault: string | null;
}

export interface TypeBook {
  /** The type itself, domains kept. */
  get(type: Oid): CatalogueType;
  /** The type below all domains. */
  base(type: Oid): CatalogueType;
  /** Equal types share one value, however many columns have them. */
  column(type: Oid, modifier: number): ColumnType;
  attributes(type: Oid): readonly Attribute[];
  readonly named: ReadonlyMap<string, NamedType>;
}

const NO_MODIFIER = -1;
const NO_LABELS: readonly string[] = [];
/** `bpchar` and `varchar` store their length with the four bytes of a header, `bit` and `varbit` as it is. */
const CHARACTER_TYPES: ReadonlySet<Oid> = new Set([1042, 1043]);
const BIT_TYPES: ReadonlySet<Oid> = new Set([1560, 1562]);
const CHARACTER_HEADER = 4;

export function describeTypes(catalogue: Catalogue): TypeBook {
  const types = new Map(catalogue.types.map((type) => [type.oid, type]));
  const modified = new Map(catalogue.modifiedTypes.map((type) => [`${type.type} ${type.modifier}`, type.spelling]));
  const columnTypes = new Map<string, ColumnType>();

  const get = (oid: Oid): CatalogueType => must(types.get(oid), `type ${oid} among those of the catalogue`);
  const base = (oid: Oid): CatalogueType => {
    const type = get(oid);
    return type.kind === 'd' ? base(type.base) : type;
  };
  const column = (oid: Oid, modifier: number): ColumnType => {
    const key = `${oid} ${modifier}`;
    const known = columnTypes.get(key);
    if (known !== undefined) return known;
    const made = describeColumnType(domainChain(oid, get), modifier, modified.get(key));
    columnTypes.set(key, made);
    return made;
  };
  const attributes = (oid: Oid): readonly Attribute[] =>
    (get(oid).attributes ?? []).map(({ name, type }) => ({ name, type: get(type).spelling }));

  return { get, base, column, attributes, named: nameTypes(catalogue, base, attributes) };
}

/** The type, then what each domain is made of, down to the base type. */
function domainChain(oid: Oid, get: (oid: Oid) => CatalogueType): readonly [CatalogueType, ...CatalogueType[]] {
  const type = get(oid);
  return type.kind === 'd' ? [type, ...domainChain(type.base, get)] : [type];
}

function describeColumnType(
  chain: readonly [CatalogueType, ...CatalogueType[]],
  modifier: number,
  modifiedSpelling: string | undefined,
): ColumnType {
  const [declared] = chain;
  const base = chain.at(-1) ?? declared;
  const domainModifier = chain.find((type) => type.baseModifier !== NO_MODIFIER)?.baseModifier ?? NO_MODIFIER;
  return {
    type: base.spelling,
    nominalType: modifiedSpelling ?? declared.spelling,
    category: base.category,
    isArray: base.category === 'A',
    isComposite: base.kind === 'c',
    maxLength: maxLength(base.oid, modifier === NO_MODIFIER ? domainModifier : modifier),
    enumLabels: base.labels ?? NO_LABELS,
    domainNotNull: chain.some((type) => type.notNull),
    domainDefault: chain.find((type) => type.kind === 'd' && type.default !== null)?.default ?? null,
  };
}

function maxLength(type: Oid, modifier: number): number | null {
  if (modifier === NO_MODIFIER) return null;
  if (CHARACTER_TYPES.has(type)) return modifier - CHARACTER_HEADER;
  return BIT_TYPES.has(type) ? modifier : null;
}

function nameTypes(
  catalogue: Catalogue,
  base: (oid: Oid) => CatalogueType,
  attributes: (oid: Oid) => readonly Attribute[],
): ReadonlyMap<string, NamedType> {
  const relations = new Map(catalogue.relations.map((relation) => [relation.rowType, relation]));
  const named = new Map<string, NamedType>();
  for (const { oid, spelling, schema, name, kind, labels } of catalogue.types) {
    const relation = relations.get(oid);
    if (kind === 'e') named.set(spelling, { kind: 'enum', schema, name, labels: labels ?? NO_LABELS });
    else if (kind === 'd') named.set(spelling, { kind: 'domain', schema, name, base: base(oid).spelling });
    else if (relation !== undefined) named.set(spelling, { kind: 'row', schema, name: relation.name });
    else if (kind === 'c') named.set(spelling, { kind: 'composite', schema, name, attributes: attributes(oid) });
  }
  return named;
}
