import { restErrors } from '../rest-errors.ts';
import { isList } from './references.ts';
import { isJsonObject, type Json, type JsonObject } from './exact-json.ts';

/** Reads the members of one object of a transaction's body, each by its own rule; what nobody read is refused. */
export class Members {
  readonly #object: JsonObject;
  readonly #unread: Set<string>;

  /** @throws ASH20 for a value that is no object. */
  constructor(value: Json | undefined, subject: string) {
    if (!isJsonObject(value)) throw restErrors.badTransaction(`${subject} must be an object`);
    this.#object = value;
    this.#unread = new Set(Object.keys(value));
  }

  value(name: string): Json | undefined {
    this.#unread.delete(name);
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
  }

  text(name: string): string {
    const text = this.optionalText(name);
    if (text === null || text === '') throw restErrors.badTransaction(`"${name}" must be a text that is not empty`);
    return text;
  }

  optionalText(name: string): string | null {
    const value = this.value(name);
    if (value === undefined) return null;
    if (typeof value !== 'string') throw restErrors.badTransaction(`"${name}" must be a text`);
    return value;
  }

  texts(name: string): readonly string[] | null {
    const value = this.value(name);
    if (value === undefined) return null;
    if (!isList(value) || !value.every((item) => typeof item === 'string')) {
      throw restErrors.badTransaction(`"${name}" must be a list of texts`);
    }
    return value;
  }

  flag(name: string): boolean {
    const value = this.value(name) ?? false;
    if (typeof value !== 'boolean') throw restErrors.badTransaction(`"${name}" must be true or false`);
    return value;
  }

  wholeNumber(name: string): number | null {
    const value = this.value(name);
    if (value === undefined) return null;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw restErrors.badTransaction(`"${name}" must be a whole number from 0`);
    }
    return value;
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | null {
    const value = this.value(name);
    if (value === undefined) return null;
    const word = words.find((known) => known === value);
    if (word === undefined) throw restErrors.badTransaction(`"${name}" must be one of ${words.join(', ')}`);
    return word;
  }

  /** @throws ASH20 naming a member that means nothing here. */
  end(subject: string): void {
    const [unread] = this.#unread;
    if (unread !== undefined) throw restErrors.badTransaction(`${subject} has no member "${unread}"`);
  }
}
