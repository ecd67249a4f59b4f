/** RFC 5321 §4.5.3.1: an address of 254 octets is the longest a path can carry. */
const MAX_ADDRESS_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;
// The unquoted form of RFC 5322 before the @, host names after it. Quoted locals and address literals are refused:
// no mailbox people sign up with has them, and they are a classic of header injection.
const LOCAL = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?';
// One label is enough: `someone@localhost` is an ordinary address in development.
const DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, 'u');

/** Trims and lower-cases an address; null when it is none. One address, one account, however it was typed. */
export function normaliseEmail(text: string): string | null {
  const address = text.trim().toLowerCase();
  if (address.length > MAX_ADDRESS_LENGTH) return null;
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  const domain = address.slice(at + 1);
  if (local.length > MAX_LOCAL_LENGTH || !LOCAL.test(local) || !DOMAIN.test(domain)) return null;
  return address;
}
