/**
 * The one error of the house. An expected refusal and a thrown fault carry the same members; only the door
 * that renders it for a family of clients knows status numbers.
 */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'conflict'
  | 'precondition'
  | 'too_large'
  | 'unprocessable'
  | 'rate_limited'
  | 'unavailable'
  | 'timeout'
  | 'internal';

export type ErrorParams = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** One broken field of an input; `pointer` is a JSON pointer into the caller's document. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface AshlarErrorOptions {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly params?: ErrorParams;
  readonly fields?: readonly FieldError[];
  readonly hint?: string;
  readonly retryable?: boolean;
  /** The row as it is now, when the caller's idea of it is out of date. */
  readonly current?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** The same in other languages than English, by language. */
  readonly inOtherWords?: Readonly<Record<string, ErrorWords>>;
}

/** What an error tells people. */
export interface ErrorWords {
  readonly message: string;
  readonly hint?: string | undefined;
}

export class AshlarError extends Error {
  override readonly name = 'AshlarError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly params: ErrorParams;
  readonly fields: readonly FieldError[];
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly current: Readonly<Record<string, unknown>> | undefined;
  readonly #inOtherWords: Readonly<Record<string, ErrorWords>>;

  constructor(options: AshlarErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.kind = options.kind;
    this.params = options.params ?? {};
    this.fields = options.fields ?? [];
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.current = options.current;
    this.#inOtherWords = options.inOtherWords ?? {};
  }

  /** In a language it has words in, else in English. */
  words(language: string): ErrorWords {
    return this.#inOtherWords[language] ?? { message: this.message, hint: this.hint };
  }
}

export interface CatalogueEntry {
  readonly kind: ErrorKind;
  /** What went wrong in general; `{name}` is replaced by the parameter of that name. */
  readonly title: string;
  readonly hint?: string;
  readonly retryable?: boolean;
}

/** Title and hint of one entry in another language, with the same parameters. */
export type Translation = readonly [title: string, hint?: string];
/** Of every entry, so that none is forgotten. */
export type Translations<Name extends string> = Readonly<Record<'ar', Readonly<Record<Name, Translation>>>>;

export interface MoreOfError {
  readonly cause?: unknown;
  readonly fields?: readonly FieldError[];
  readonly hint?: string;
  readonly current?: Readonly<Record<string, unknown>>;
}

/** Makes an error of one code; what is true of all of them stands on the factory, for documents and tables. */
export interface ErrorFactory extends CatalogueEntry {
  (params?: ErrorParams, more?: MoreOfError): AshlarError;
  readonly code: string;
}

/**
 * Makes one factory per entry; `hasShippedLines` in catalogue `order` gets the code `order.has_shipped_lines`.
 * Codes are stable: clients and `docs/errors.md` name them.
 *
 * @param translations What is told to people who ask for another language; codes and parameters stay.
 */
export function defineErrors<const Entries extends Readonly<Record<string, CatalogueEntry>>>(
  prefix: string,
  entries: Entries,
  translations?: Translations<Extract<keyof Entries, string>>,
): { readonly [Name in keyof Entries]: ErrorFactory } {
  const arabic: Readonly<Record<string, Translation>> = translations?.ar ?? {};
  const factories = Object.entries(entries).map(([name, entry]): [string, ErrorFactory] => [
    name,
    errorFactory(`${prefix}.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`, entry, arabic[name]),
  ]);
  // Object.fromEntries forgets the key type; the entries above have exactly the catalogue's keys.
  return Object.fromEntries(factories) as { readonly [Name in keyof Entries]: ErrorFactory };
}

function errorFactory(code: string, entry: CatalogueEntry, arabic: Translation | undefined): ErrorFactory {
  const make = (params: ErrorParams = {}, more: MoreOfError = {}): AshlarError => {
    const hint = more.hint ?? entry.hint;
    return new AshlarError({
      code,
      kind: entry.kind,
      message: fill(entry.title, params),
      params,
      retryable: entry.retryable ?? false,
      ...(hint === undefined ? {} : { hint: fill(hint, params) }),
      ...(more.fields === undefined ? {} : { fields: more.fields }),
      ...(more.current === undefined ? {} : { current: more.current }),
      ...(more.cause === undefined ? {} : { cause: more.cause }),
      ...(arabic === undefined ? {} : { inOtherWords: { ar: wordsOf(arabic, params, more.hint) } }),
    });
  };
  return Object.assign(make, { code, ...entry });
}

/** A hint for one occurrence is in the words of whoever gave it. */
function wordsOf([title, hint]: Translation, params: ErrorParams, own: string | undefined): ErrorWords {
  return { message: fill(title, params), hint: own ?? (hint === undefined ? undefined : fill(hint, params)) };
}

function fill(template: string, params: ErrorParams): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : Array.isArray(value) ? value.join(', ') : String(value);
  });
}
