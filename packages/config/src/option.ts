import type { z } from 'zod';

/** How a value is written and what it must be; the same for a flag, an environment variable and a TOML key. */
export interface Kind<Value> {
  /** Accepts the text of a flag or variable as well as the value TOML already typed. */
  readonly schema: z.ZodType<Value>;
  /** Completes the sentence "wanted …" with type, bounds and form. */
  readonly wanted: string;
  /** Stands for the value in help: `<port>`. Null: a switch that takes none. */
  readonly placeholder: string | null;
  /** Relative values are taken from the folder of the file (or the current one) that names them. */
  readonly path: boolean;
  /** The words it can be, when there are only so many. */
  readonly choices: readonly string[] | null;
}

/** One setting of the platform. Its names in flags, environment and `ashlar.toml` follow from its key. */
export interface Option<Value> {
  readonly kind: Kind<Value>;
  readonly default: Value;
  /** One sentence with the unit, ending in a full stop. */
  readonly about: string;
  /** Never printed, in faults neither. */
  readonly secret: boolean;
  /** A name other tools already use, read when the `ASHLAR_` one is absent. */
  readonly alsoFrom: string | null;
}

/** A table of options for an interface of values: the compiler holds both to the same keys and types. */
export type OptionsOf<Values> = { readonly [Key in keyof Values]: Option<Values[Key]> };

export interface OptionDetails<Value> {
  readonly default: Value;
  readonly about: string;
  readonly secret?: boolean;
  readonly alsoFrom?: string;
}

export function option<Value>(kind: Kind<Value>, details: OptionDetails<Value>): Option<Value> {
  return {
    kind,
    default: details.default,
    about: details.about,
    secret: details.secret ?? false,
    alsoFrom: details.alsoFrom ?? null,
  };
}
