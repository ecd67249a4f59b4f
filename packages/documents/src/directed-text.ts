/** A text and whether it runs from right to left. */
export interface Directed {
  readonly t: string;
  readonly r: boolean;
}

const FIRST_LETTER = /\p{L}/u;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** What would reorder its surroundings, or is no letter of any page. */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}]/gu;
const LONGEST_WORD = 24;
const ZERO_WIDTH_SPACE = '\u200B';

/** The direction of a text is that of its first letter, as browsers do with `dir="auto"`. Words too long for a line may break. */
export function directed(text: string): Directed {
  const clean = text.replaceAll(CONTROLS, '');
  const letter = FIRST_LETTER.exec(clean)?.[0];
  return { t: breakable(clean), r: letter !== undefined && RIGHT_TO_LEFT.test(letter) };
}

function breakable(text: string): string {
  return text.replaceAll(new RegExp(String.raw`[^\s\u200B]{${LONGEST_WORD + 1},}`, 'gu'), (word) =>
    (word.match(new RegExp(`.{1,${LONGEST_WORD}}`, 'gu')) ?? [word]).join(ZERO_WIDTH_SPACE),
  );
}
