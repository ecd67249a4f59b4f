import { SCALARS } from './scalars.ts';

/** What is made of a table beside its own type, and of a scalar or enum. */
const TABLE_ENDINGS = [
  'Connection',
  'Edge',
  'Filter',
  'OrderBy',
  'InsertInput',
  'UpdateInput',
  'InsertResponse',
  'UpdateResponse',
  'DeleteResponse',
  'Aggregate',
  'SumAggregateResult',
  'AvgAggregateResult',
  'MinAggregateResult',
  'MaxAggregateResult',
];
const VALUE_ENDINGS = ['Filter', 'ListFilter'];

const FIXED = ['Query', 'Mutation', 'Subscription', 'Node', 'PageInfo', 'FilterIs', 'OrderByDirection'];

/**
 * The type names of one schema. Two types of one name would leave the schema of the whole project unusable, so whoever
 * comes first keeps a name with all that are made from it: beside a table `post` none is called `postFilter`.
 */
export class TypeNames {
  readonly #taken: Set<string> = new Set([
    ...FIXED,
    ...Object.keys(SCALARS).flatMap((scalar) => namesOf(scalar, VALUE_ENDINGS)),
  ]);

  isFreeForTable(name: string): boolean {
    return this.#areFree(namesOf(name, TABLE_ENDINGS));
  }

  takeForTable(name: string): void {
    for (const each of namesOf(name, TABLE_ENDINGS)) this.#taken.add(each);
  }

  /** @returns Whether an enum may have the name, which it then has. */
  takeForEnum(name: string): boolean {
    const names = namesOf(name, VALUE_ENDINGS);
    if (!this.#areFree(names)) return false;
    for (const each of names) this.#taken.add(each);
    return true;
  }

  #areFree(names: readonly string[]): boolean {
    return !names.some((name) => this.#taken.has(name));
  }
}

function namesOf(name: string, endings: readonly string[]): readonly string[] {
  return [name, ...endings.map((ending) => name + ending)];
}
