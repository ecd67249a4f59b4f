import { westernDigits } from './digits.ts';

/** In which order a date without the year first has day and month; `either` when no value says. */
export type DateOrder = 'dmy' | 'mdy' | 'either';

export interface TypeGuess {
  /** A type of PostgreSQL that reads every value of the column. */
  readonly type: string;
  readonly dates: DateOrder | null;
  /** Whether some rows have no value. */
  readonly hasEmpty: boolean;
  readonly isUnique: boolean;
}

const MAX_INT4 = 2_147_483_647n;
const MAX_INT8 = 9_223_372_036_854_775_807n;
/** Values are remembered up to here to see whether any comes twice; more rows than this are not looked at for that. */
const MAX_REMEMBERED = 100_000;
const MAX_REMEMBERED_LENGTH = 64;

const INTEGER = /^[+-]?(?:0|[1-9]\d{0,18})$/;
const NUMBER = /^[+-]?(?:0|[1-9]\d{0,100})?(?:\.\d{1,100})?(?:[eE][+-]?\d{1,3})?$/;
const CLOCK = String.raw`(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?`;
const ZONE = String.raw`\s?(?:Z|[+-]\d{2}(?::?\d{2})?)`;
const YEAR_FIRST = new RegExp(
  String.raw`^\d{4}[-/](?:0?[1-9]|1[0-2])[-/](?:0?[1-9]|[12]\d|3[01])(?:[T ]${CLOCK}(${ZONE})?)?$`,
);
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}(?: ${CLOCK})?$`);
const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

type Guessable = 'boolean' | 'integer' | 'bigint' | 'numeric' | 'date' | 'timestamp' | 'uuid' | 'jsonb';

/** Finds the narrowest type that reads everything it was shown. */
export class TypeGuesser {
  #seen = 0;
  #empty = 0;
  #can: Set<Guessable> = new Set(['boolean', 'integer', 'bigint', 'numeric', 'date', 'timestamp', 'uuid', 'jsonb']);
  #hasZone = false;
  #canBeDayFirst = true;
  #canBeMonthFirst = true;
  #isYearLast = false;
  #values: Set<string> | null = new Set();
  #isTwice = false;

  see(cell: string | null): void {
    if (cell === null || cell === '') {
      this.#empty += 1;
      return;
    }
    this.#seen += 1;
    this.#remember(cell);
    if (this.#can.size === 0) return;
    const text = westernDigits(cell.trim());
    const keep = (type: Guessable, isOne: boolean): void => {
      if (!isOne) this.#can.delete(type);
    };
    if (this.#can.has('boolean')) keep('boolean', /^(true|false|yes|no)$/i.test(text));
    if (this.#can.has('numeric')) this.#seeNumber(text, keep);
    if (this.#can.has('date') || this.#can.has('timestamp')) this.#seeDate(text, keep);
    if (this.#can.has('uuid')) keep('uuid', UUID.test(text));
    if (this.#can.has('jsonb')) keep('jsonb', isJson(text));
  }

  get guess(): TypeGuess {
    const type = this.#seen === 0 ? 'text' : this.#narrowest();
    const isDate = type === 'date' || type.startsWith('timestamp');
    const order = this.#canBeDayFirst && this.#canBeMonthFirst ? 'either' : this.#canBeDayFirst ? 'dmy' : 'mdy';
    return {
      type,
      dates: isDate && this.#isYearLast ? order : null,
      hasEmpty: this.#empty > 0 || this.#seen === 0,
      isUnique: this.#values !== null && !this.#isTwice && this.#seen > 0,
    };
  }

  #narrowest(): string {
    for (const type of ['boolean', 'integer', 'bigint', 'numeric', 'date'] as const)
      if (this.#can.has(type)) return type;
    if (this.#can.has('timestamp')) return this.#hasZone ? 'timestamptz' : 'timestamp';
    return this.#can.has('uuid') ? 'uuid' : this.#can.has('jsonb') ? 'jsonb' : 'text';
  }

  #seeNumber(text: string, keep: (type: 'integer' | 'bigint' | 'numeric', isOne: boolean) => void): void {
    const isInteger = INTEGER.test(text);
    const size = isInteger ? BigInt(text.replace(/^[+-]/, '')) : 0n;
    keep('integer', isInteger && size <= MAX_INT4);
    keep('bigint', isInteger && size <= MAX_INT8);
    // A code such as 007 is no number: its zeros would be lost.
    keep('numeric', /\d/.test(text) && NUMBER.test(text));
  }

  #seeDate(text: string, keep: (type: 'date' | 'timestamp', isOne: boolean) => void): void {
    const first = YEAR_FIRST.exec(text);
    const last = first === null ? YEAR_LAST.exec(text) : null;
    if (last !== null) {
      const [, one = '0', two = '0'] = last;
      this.#isYearLast = true;
      this.#canBeDayFirst &&= isDay(one) && isMonth(two);
      this.#canBeMonthFirst &&= isMonth(one) && isDay(two);
    }
    const isOne = (first !== null || last !== null) && (this.#canBeDayFirst || this.#canBeMonthFirst);
    this.#hasZone ||= first?.[1] !== undefined;
    keep('timestamp', isOne);
    keep('date', isOne && !text.includes(':'));
  }

  #remember(text: string): void {
    if (this.#values === null || this.#isTwice) return;
    if (this.#values.has(text)) this.#isTwice = true;
    if (this.#isTwice || this.#values.size >= MAX_REMEMBERED || text.length > MAX_REMEMBERED_LENGTH)
      this.#values = null;
    else this.#values.add(text);
  }
}

const isDay = (text: string): boolean => Number(text) >= 1 && Number(text) <= 31;
const isMonth = (text: string): boolean => Number(text) >= 1 && Number(text) <= 12;

function isJson(text: string): boolean {
  if (!/^[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
