/** How a stored hash is to be verified. */
export type PasswordAlgorithm = 'argon2' | 'bcrypt';

/** bcrypt of cost 16 takes about 3 s of a core; a hash that asks for more is refused rather than computed. */
const MAX_BCRYPT_COST = 16;
const MAX_ARGON2_MEMORY_KIB = 262_144;
const MAX_ARGON2_PASSES = 16;
const MAX_ARGON2_LANES = 16;

const BCRYPT = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/;
const ARGON2 =
  /^\$argon2(?:id|i)\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,86}$/;

/** Recognises the hashes this server can verify within its bounds; null for anything else. */
export function recognisePasswordHash(hash: string): PasswordAlgorithm | null {
  const bcrypt = BCRYPT.exec(hash);
  if (bcrypt !== null) {
    const cost = Number(bcrypt[1]);
    return cost >= 4 && cost <= MAX_BCRYPT_COST ? 'bcrypt' : null;
  }
  const argon2 = ARGON2.exec(hash);
  if (argon2 === null) return null;
  const [memoryKib, passes, lanes] = [Number(argon2[1]), Number(argon2[2]), Number(argon2[3])];
  const bounded = memoryKib <= MAX_ARGON2_MEMORY_KIB && passes <= MAX_ARGON2_PASSES && lanes <= MAX_ARGON2_LANES;
  return bounded && passes >= 1 && lanes >= 1 ? 'argon2' : null;
}
