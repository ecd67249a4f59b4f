import type { QualifiedName } from '../../plan/query-plan.ts';
import { identifier, qualified } from '../../sql/identifier.ts';

/**
 * The rows of one alias as the expressions above them see them. Where the rows are first chosen and then shown, it
 * remembers what is shown of them, so that the choice selects that and no column the caller may not read.
 */
export class RowScope {
  readonly alias: string;
  readonly #selected = new Map<string, string>();

  constructor(alias: string) {
    this.alias = alias;
  }

  column(name: string): string {
    const sql = `${identifier(this.alias)}.${identifier(name)}`;
    this.#selected.set(sql, sql);
    return sql;
  }

  /** The result of a function of the whole row. */
  computed(name: QualifiedName): string {
    const call = `${qualified(name)}(${identifier(this.alias)})`;
    const known = this.#selected.get(call);
    if (known !== undefined) return known;
    const column = `${identifier(this.alias)}."_f${this.#selected.size}"`;
    this.#selected.set(call, column);
    return column;
  }

  /** The row itself, for a function that returns rows. */
  row(): string {
    const whole = identifier(this.alias);
    const column = `${whole}."_row"`;
    this.#selected.set(whole, column);
    return column;
  }

  /** The select list that makes the columns above be there; never empty. */
  list(): string {
    if (this.#selected.size === 0) return 'NULL AS "_none"';
    return [...this.#selected]
      .map(([sql, column]) => (sql === column ? sql : `${sql} AS ${column.slice(column.indexOf('.') + 1)}`))
      .join(', ');
  }
}
