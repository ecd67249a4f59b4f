/**
 * Up to here a body goes to the socket as text: Node then sends head and body as one string, while bytes take a list of
 * two chunks. Beyond it making the string costs more than the list.
 */
const MAX_TEXT_BYTES = 16 * 1024;

/** A body as it is cheapest to send. */
export function sendableBody(bytes: Buffer): Buffer | string {
  return bytes.length > MAX_TEXT_BYTES ? bytes : bytes.toString();
}
