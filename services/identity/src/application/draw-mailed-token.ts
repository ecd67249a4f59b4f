import { randomInt } from 'node:crypto';
import { hashMailedCode } from '../domain/mailed-code.ts';

const CODE_DIGITS = 6;

/**
 * Draws the code a mail to this address would carry, and returns what is kept of it. The code itself goes nowhere as
 * long as no mail is sent, so the account waits until an administrator confirms it.
 */
export function drawMailedToken(address: string): string {
  const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
  return hashMailedCode(address, code);
}
