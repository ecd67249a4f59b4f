/** Which proof `npm run soak -- <name>` runs at full length; unset in `npm test`. */
const SOAK_VARIABLE = 'ASHLAR_SOAK';

/**
 * How many cases, rounds or writers a named proof runs: few with a fixed seed in every test run, the counts it was
 * promised with in `npm run soak -- <name>`.
 */
export function proofSize(name: string, sizes: { readonly short: number; readonly full: number }): number {
  return process.env[SOAK_VARIABLE] === name ? sizes.full : sizes.short;
}
