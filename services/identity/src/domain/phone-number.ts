// E.164: a country code that does not begin with 0, fifteen digits at most.
const E164 = /^[1-9]\d{1,14}$/;

/** The digits of an international number without `+`, spaces and hyphens; null when it is none. */
export function normalisePhone(text: string): string | null {
  const digits = text.trim().replace(/^\+/, '').replaceAll(/[ -]/g, '');
  return E164.test(digits) ? digits : null;
}
