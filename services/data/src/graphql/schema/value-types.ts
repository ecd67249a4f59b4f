import type { Snapshot } from '@ashlar/postgres';
import { type CommentDirective, readDirective, textIn } from './comment-directive.ts';
import { isGraphqlName, pascalCase } from './graphql-name.ts';
import type { Enumeration, ValueType } from './graph-model.ts';
import type { RoleAccess } from './role-access.ts';
import type { ScalarName } from './scalars.ts';
import type { TypeNames } from './type-names.ts';

const SCALAR_OF: Readonly<Record<string, ScalarName>> = {
  smallint: 'Int',
  integer: 'Int',
  bigint: 'BigInt',
  numeric: 'BigFloat',
  real: 'Float',
  'double precision': 'Float',
  boolean: 'Boolean',
  text: 'String',
  'character varying': 'String',
  character: 'String',
  bpchar: 'String',
  name: 'String',
  uuid: 'UUID',
  json: 'JSON',
  jsonb: 'JSON',
  date: 'Date',
  'time without time zone': 'Time',
  'time with time zone': 'Time',
  'timestamp without time zone': 'Datetime',
  'timestamp with time zone': 'Datetime',
};

/** Which GraphQL type a type of PostgreSQL is; equal spellings share one value. */
export class ValueTypes {
  readonly enumerations: Map<string, Enumeration> = new Map();
  readonly #snapshot: Snapshot;
  readonly #access: RoleAccess;
  readonly #inflects: boolean;
  readonly #names: TypeNames;
  readonly #known = new Map<string, ValueType>();

  constructor(snapshot: Snapshot, access: RoleAccess, inflects: boolean, names: TypeNames) {
    this.#names = names;
    this.#snapshot = snapshot;
    this.#access = access;
    this.#inflects = inflects;
  }

  /** @param spelling As `Column.type` or a parameter's: modifiers and domains may still be in it. */
  of(spelling: string): ValueType {
    const known = this.#known.get(spelling);
    if (known !== undefined) return known;
    const isList = spelling.endsWith('[]');
    const element = this.#base(isList ? spelling.slice(0, -'[]'.length) : spelling);
    const enumeration = this.#enumeration(element);
    // Names of labels are put in place one by one; in a list they would need a query of their own.
    const usable = enumeration !== null && !(isList && enumeration.isMapped) ? enumeration : null;
    const made: ValueType = {
      of: usable === null ? { scalar: this.#scalar(element) } : { enumeration: usable },
      isList,
      spelling,
    };
    this.#known.set(spelling, made);
    return made;
  }

  #base(spelling: string): string {
    const type = this.#snapshot.types.get(spelling);
    return type?.kind === 'domain' ? this.#base(type.base) : spelling;
  }

  #scalar(spelling: string): ScalarName {
    return Object.hasOwn(SCALAR_OF, spelling) ? (SCALAR_OF[spelling] ?? 'Opaque') : this.#extensionScalar(spelling);
  }

  #extensionScalar(spelling: string): ScalarName {
    return spelling === 'citext' || spelling.endsWith('.citext') ? 'String' : 'Opaque';
  }

  #enumeration(spelling: string): Enumeration | null {
    const known = this.enumerations.get(spelling);
    if (known !== undefined) return known;
    const type = this.#snapshot.types.get(spelling);
    if (type?.kind !== 'enum') return null;
    const directive = readDirective(this.#access.typeComments[spelling]);
    const typeName = textIn(directive, 'name') ?? (this.#inflects ? pascalCase(type.name) : type.name);
    const values = type.labels.map((label) => ({ label, name: mappedName(directive, label) }));
    const names = new Set(values.map(({ name }) => name));
    const isReadable = names.size === values.length && values.length > 0 && [...names].every(isEnumName);
    if (!isReadable || !isGraphqlName(typeName) || !this.#names.takeForEnum(typeName)) return null;
    const made: Enumeration = {
      typeName,
      description: textIn(directive, 'description'),
      values,
      isMapped: values.some(({ name, label }) => name !== label),
    };
    this.enumerations.set(spelling, made);
    return made;
  }
}

/** `{"mappings": {"aes-128": "AES_128"}}` names labels that are no GraphQL names. */
function mappedName(directive: CommentDirective, label: string): string {
  const mappings = directive['mappings'];
  if (typeof mappings !== 'object' || mappings === null) return label;
  const entry = Object.entries(mappings).find(([key]) => key === label);
  return typeof entry?.[1] === 'string' ? entry[1] : label;
}

function isEnumName(name: string): boolean {
  return isGraphqlName(name) && name !== 'true' && name !== 'false' && name !== 'null';
}
