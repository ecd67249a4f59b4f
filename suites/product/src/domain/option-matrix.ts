import type { LocalizedText } from '@ashlar/kernel/values';
import { textFor } from '@ashlar/kernel/values';

export interface Option {
  readonly code: string;
  readonly title: LocalizedText;
  readonly values: readonly OptionValue[];
}

export interface OptionValue {
  readonly code: string;
  readonly title: LocalizedText;
}

/** Code of each option and of the value chosen for it. */
export type Choices = Readonly<Record<string, string>>;

/** Variants one product may have. */
export const MOST_COMBINATIONS = 1000;

/** How many combinations the options make. */
export function combinationCount(options: readonly Option[]): number {
  return options.reduce((count, { values }) => count * values.length, 1);
}

/** Every combination of one value per option; the last option changes first. */
export function combinations(options: readonly Option[]): Choices[] {
  return options.reduce<Choices[]>(
    (made, { code, values }) => made.flatMap((choices) => values.map((value) => ({ ...choices, [code]: value.code }))),
    [{}],
  );
}

export interface MatrixChange {
  /** Combinations no variant has yet. */
  readonly created: readonly Choices[];
  /** Of the existing variants those the matrix still holds. */
  readonly kept: readonly Choices[];
  /** Those it does not: they would be archived. */
  readonly removed: readonly Choices[];
}

/** What becomes of the existing variants when the options are these. */
export function changeOfMatrix(existing: readonly Choices[], options: readonly Option[]): MatrixChange {
  const wanted = new Map(combinations(options).map((choices) => [keyOf(choices), choices]));
  const present = new Set(existing.map(keyOf));
  return {
    created: [...wanted].filter(([key]) => !present.has(key)).map(([, choices]) => choices),
    kept: existing.filter((choices) => wanted.has(keyOf(choices))),
    removed: existing.filter((choices) => !wanted.has(keyOf(choices))),
  };
}

/** Equal choices have one text, in whatever order they were made. */
export function keyOf(choices: Choices): string {
  return JSON.stringify(Object.entries(choices).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** True when two options, or two values of one, differ in case alone. */
export function hasDuplicates(options: readonly Option[]): boolean {
  const lists = [options, ...options.map(({ values }) => values)];
  return lists.some((list) => new Set(list.map(({ code }) => code.toLowerCase())).size < list.length);
}

/** How a variant is called: the product's title, then what was chosen, in each language of the title. */
export function variantTitle(product: LocalizedText, options: readonly Option[], choices: Choices): LocalizedText {
  return Object.fromEntries(
    Object.entries(product).map(([locale, title]) => {
      const chosen = options.flatMap(({ code, values }) => {
        const value = values.find((one) => one.code === choices[code]);
        return value === undefined ? [] : [textFor(value.title, locale) ?? value.code];
      });
      return [locale, chosen.length === 0 ? title : `${title}, ${chosen.join(', ')}`];
    }),
  );
}
