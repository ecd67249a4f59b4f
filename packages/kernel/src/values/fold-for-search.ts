const MARKS = /\p{Mn}/gu;
const TATWEEL = /\u0640/g;
const ALIKE: Readonly<Record<string, string>> = { ٱ: 'ا', ى: 'ي', ة: 'ه', ی: 'ي', ک: 'ك' };

/**
 * What two spellings of one word have in common, for searching only: lower case, Latin without accents, Arabic
 * without vowel signs and tatweel, with bare alef, ya for alef maqsura and ha for ta marbuta, Latin digits, one
 * blank between words.
 */
export function foldForSearch(text: string): string {
  return (
    text
      // Taken apart, an accent or a hamza is a mark of its own.
      .normalize('NFKD')
      .replace(MARKS, '')
      .replace(TATWEEL, '')
      .replace(/[ٱىةیک]/g, (letter) => ALIKE[letter] ?? letter)
      .replace(/[٠-٩۰-۹]/g, (digit) => String((digit.charCodeAt(0) - 0x06_60) % 0x90))
      .toLowerCase()
      .replace(MARKS, '')
      .replace(/\s+/g, ' ')
      .trim()
  );
}
