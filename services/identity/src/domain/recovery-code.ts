import { randomBytes } from 'node:crypto';
import { encodeBase32 } from './base32.ts';

const RECOVERY_CODE_COUNT = 10;
/** 80 bits, sixteen characters: too many to be tried, so a fast keyed hash is enough to keep of them. */
const RECOVERY_CODE_BYTES = 10;

export function drawRecoveryCodes(): readonly string[] {
  return Array.from({ length: RECOVERY_CODE_COUNT }, () => encodeBase32(randomBytes(RECOVERY_CODE_BYTES)));
}

/** What a person typed, as it was drawn: the digits a code never holds are the letters they look like. */
export function normaliseRecoveryCode(text: string): string {
  return text.replaceAll(/[\s-]/g, '').toUpperCase().replaceAll('0', 'O').replaceAll('1', 'I').replaceAll('8', 'B');
}
