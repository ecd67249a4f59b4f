import { restErrors } from '../rest-errors.ts';
import { MAX_REFERENCES, MAX_TRANSACTION_BYTES } from '../parse/bounds.ts';
import { ExactNumber, isJsonObject, type Json, type JsonObject, parseExactJson } from './exact-json.ts';
import type { OperationResult } from './operation-result.ts';

/** The value a pointer stands for. */
export type Resolve = (pointer: string) => Json;

const REFERENCE = '$ref';
/** Around a value that only looks like a reference. */
const LITERAL = '$literal';
const POINTER = /^\/(0|[1-9]\d{0,3})(?:\/|$)/;
const MAX_POINTER_LENGTH = 1024;

/** Puts the values of earlier results where an operation refers to them; what they hold is taken as it is. */
export function substitute(value: Json, resolve: Resolve): Json {
  if (isList(value)) return value.map((item) => substitute(item, resolve));
  if (!isJsonObject(value)) return value;
  const pointer = onlyMember(value, REFERENCE);
  if (typeof pointer === 'string') return resolve(pointer);
  const literal = onlyMember(value, LITERAL);
  if (literal !== undefined) return literal;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, substitute(member, resolve)]));
}

/**
 * The number of references and literals in a value.
 *
 * @param before References must be to operations before this one.
 * @throws ASH20 for a reference that can never be resolved.
 */
export function countMarkers(value: Json, before: number): number {
  if (isList(value)) return value.reduce<number>((sum, item) => sum + countMarkers(item, before), 0);
  if (!isJsonObject(value)) return 0;
  const pointer = onlyMember(value, REFERENCE);
  if (typeof pointer === 'string') {
    checkPointer(pointer, before);
    return 1;
  }
  if (onlyMember(value, LITERAL) !== undefined) return 1;
  return Object.values(value).reduce<number>((sum, member) => sum + countMarkers(member, before), 0);
}

export function isReference(value: Json): boolean {
  return isJsonObject(value) && typeof onlyMember(value, REFERENCE) === 'string';
}

function checkPointer(pointer: string, before: number): void {
  const index = POINTER.exec(pointer)?.[1];
  if (index === undefined || pointer.length > MAX_POINTER_LENGTH) {
    throw restErrors.badTransaction(
      `"${pointer.slice(0, 100)}" is no reference; one looks like "/0/data/0/id"`,
      'An object that only looks like a reference is written {"$literal": …}.',
    );
  }
  if (Number(index) >= before) {
    throw restErrors.badTransaction(`"${pointer}" refers to operation ${index}, which does not come before this one`);
  }
}

function onlyMember(value: JsonObject, name: string): Json | undefined {
  if (!Object.hasOwn(value, name)) return undefined;
  return Object.keys(value).length === 1 ? value[name] : undefined;
}

/** What the operations of one transaction answered so far. */
export class Results {
  readonly list: OperationResult[] = [];
  readonly #read = new Map<number, Json>();
  #references = 0;
  #length = 0;

  /**
   * Resolves a JSON Pointer (RFC 6901) into `results`.
   *
   * @throws ASH21 when nothing is there, ASH20 when more is referred to than a transaction may hold.
   */
  readonly resolve: Resolve = (pointer) => {
    const [, index = '', ...path] = pointer.split('/');
    let value: Json | undefined = this.#result(Number(index));
    for (const segment of path) {
      value = memberOf(value, segment.replaceAll('~1', '/').replaceAll('~0', '~'));
      if (value === undefined) throw restErrors.referenceUnresolved(pointer);
    }
    this.#references += 1;
    this.#length += JSON.stringify(value).length;
    if (this.#references > MAX_REFERENCES || this.#length > MAX_TRANSACTION_BYTES) {
      throw restErrors.badTransaction(
        `at most ${MAX_REFERENCES} references to ${MAX_TRANSACTION_BYTES} bytes in all are resolved`,
      );
    }
    return value;
  };

  /** Results are only read, once, when something refers to them. */
  #result(index: number): Json {
    const known = this.#read.get(index);
    if (known !== undefined) return known;
    const { status, count, body } = this.list[index] ?? { status: 0, count: null, body: '' };
    const made = {
      status,
      ...(count === null ? {} : { count }),
      ...(body.length === 0 ? {} : { data: parseExactJson(body.toString()) }),
    };
    this.#read.set(index, made);
    return made;
  }
}

const INDEX = /^(?:0|[1-9]\d*)$/;

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (value === undefined || value instanceof ExactNumber) return undefined;
  if (isList(value)) return INDEX.test(name) ? value[Number(name)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** `Array.isArray` forgets the element type of readonly lists. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
