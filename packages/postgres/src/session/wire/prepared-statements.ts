import { BoundedCache } from '@ashlar/kernel';
import type { ResultField } from '../call.ts';

/** A statement as one connection knows it. */
export interface PreparedStatement {
  /** Empty for one that is parsed for a single use. */
  readonly name: string;
  /** True once the server said ParseComplete: until then a neighbour in the pipeline must not rely on it. */
  confirmed: boolean;
  fields: readonly ResultField[];
}

/** Kept per connection; each costs the server some 10 to 50 KB, so the least used are closed beyond this. */
export const MAX_PREPARED_STATEMENTS = 256;

/**
 * The named statements of one connection, by role and text: under row-level security a plan depends on the role,
 * and a statement used by two of them would be planned anew at every change.
 */
export class PreparedStatements {
  readonly #byKey: BoundedCache<string, PreparedStatement>;
  readonly #onClose: (name: string) => void;
  #made = 0;

  constructor(limit: number, onClose: (name: string) => void) {
    this.#onClose = onClose;
    this.#byKey = new BoundedCache(limit, (_key, statement) => onClose(statement.name));
  }

  get size(): number {
    return this.#byKey.size;
  }

  find(role: string, text: string): PreparedStatement | undefined {
    return this.#byKey.get(key(role, text));
  }

  add(role: string, text: string): PreparedStatement {
    const statement = { name: `s${this.#made++}`, confirmed: false, fields: [] };
    this.#byKey.set(key(role, text), statement);
    return statement;
  }

  /** The server refused to parse it, or no longer has it as it was; closing what it does not have is no error. */
  drop(role: string, text: string): void {
    const statement = this.#byKey.get(key(role, text));
    if (statement === undefined) return;
    this.#byKey.delete(key(role, text));
    this.#onClose(statement.name);
  }
}

function key(role: string, text: string): string {
  return `${role} ${text}`;
}
