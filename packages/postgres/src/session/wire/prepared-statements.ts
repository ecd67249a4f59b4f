import type { ResultField } from '../call.ts';

/** A statement as one connection knows it. */
export interface PreparedStatement {
  /** Empty for one that is parsed for a single use. */
  readonly name: string;
  /** True once the server said ParseComplete: until then a neighbour in the pipeline must not rely on it. */
  confirmed: boolean;
  fields: readonly ResultField[];
}

interface KeptStatement extends PreparedStatement {
  usedAt: number;
}

/** Kept per connection; each costs the server some 10 to 50 KB, so the least used are closed beyond this. */
export const MAX_PREPARED_STATEMENTS = 256;

/**
 * The named statements of one connection, by role and text: under row-level security a plan depends on the role,
 * and a statement used by two of them would be planned anew at every change.
 */
export class PreparedStatements {
  /**
   * In two levels, because the texts are the same strings again and again: their hash is known, while a key made of
   * role and text would be built and hashed for every request.
   */
  readonly #byRole = new Map<string, Map<string, KeptStatement>>();
  readonly #limit: number;
  readonly #onClose: (name: string) => void;
  #size = 0;
  #uses = 0;
  #made = 0;

  constructor(limit: number, onClose: (name: string) => void) {
    this.#limit = limit;
    this.#onClose = onClose;
  }

  find(role: string, text: string): PreparedStatement | undefined {
    const statement = this.#byRole.get(role)?.get(text);
    if (statement !== undefined) statement.usedAt = this.#uses++;
    return statement;
  }

  /** Names a statement that is not known yet, closing the least used one if there is no room. */
  add(role: string, text: string): PreparedStatement {
    if (this.#size >= this.#limit) this.#closeLeastUsed();
    const statement: KeptStatement = { name: `s${this.#made++}`, confirmed: false, fields: [], usedAt: this.#uses++ };
    const ofRole = this.#byRole.get(role) ?? new Map<string, KeptStatement>();
    this.#byRole.set(role, ofRole.set(text, statement));
    this.#size++;
    return statement;
  }

  /** The server refused to parse it, or no longer has it as it was; closing what it does not have is no error. */
  drop(role: string, text: string): void {
    const ofRole = this.#byRole.get(role);
    const statement = ofRole?.get(text);
    if (ofRole === undefined || statement === undefined) return;
    ofRole.delete(text);
    if (ofRole.size === 0) this.#byRole.delete(role);
    this.#size--;
    this.#onClose(statement.name);
  }

  /** Looks at all of them: rarer than use by far, and there are few. */
  #closeLeastUsed(): void {
    let least: { readonly role: string; readonly text: string; readonly usedAt: number } | undefined;
    for (const [role, ofRole] of this.#byRole) {
      for (const [text, { usedAt }] of ofRole) {
        if (least === undefined || usedAt < least.usedAt) least = { role, text, usedAt };
      }
    }
    if (least !== undefined) this.drop(least.role, least.text);
  }
}
