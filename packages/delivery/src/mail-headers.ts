/** Headers a message may bring along; all others are the platform's to write. */
const ALLOWED = /^(?:X-[A-Za-z0-9-]{1,60}|In-Reply-To|References|List-Id|Importance|Keywords)$/i;
/** RFC 5322 §2.1.1: the longest line, without its end. */
const MAX_VALUE_LENGTH = 998;
const MAX_HEADERS = 20;
const CONTROLS = /[\p{Cc}\u2028\u2029]/u;

/** What is wrong with headers somebody gave; null = nothing. A line break in one could add headers of its own. */
export function faultOfHeaders(headers: Readonly<Record<string, string>>): string | null {
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS) return `there are ${entries.length} headers; ${MAX_HEADERS} are allowed`;
  for (const [name, value] of entries) {
    if (!ALLOWED.test(name))
      return `the header ${JSON.stringify(name.slice(0, 64))} may not be given: wanted X-… or In-Reply-To`;
    if (CONTROLS.test(value)) return `the header ${name} holds a line break or another control character`;
    if (value.length > MAX_VALUE_LENGTH) return `the header ${name} is longer than ${MAX_VALUE_LENGTH} characters`;
  }
  return null;
}
