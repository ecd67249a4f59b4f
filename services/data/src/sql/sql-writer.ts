import type { StatementValue } from '@ashlar/postgres';
import { encodeOperand, arrayLiteral, type Operand } from '../parse/operand.ts';

/** Where the value of one parameter comes from, request by request. */
export type Binding =
  | { readonly kind: 'operand'; readonly operand: Operand }
  | { readonly kind: 'array'; readonly operands: readonly Operand[] }
  | { readonly kind: 'constant'; readonly value: string }
  /** `asText`: the parameter's type is not json, whose binary form is its text. */
  | { readonly kind: 'body'; readonly asText: boolean };

/** Gives values their `$n` while the text is written; the same value gets the same number. */
export class SqlWriter {
  readonly bindings: Binding[] = [];
  readonly #operands = new Map<Operand, string>();
  #body: string | null = null;

  operand(operand: Operand): string {
    const known = this.#operands.get(operand);
    if (known !== undefined) return known;
    const place = this.#bind({ kind: 'operand', operand });
    this.#operands.set(operand, place);
    return place;
  }

  array(operands: readonly Operand[]): string {
    return this.#bind({ kind: 'array', operands });
  }

  constant(value: string): string {
    return this.#bind({ kind: 'constant', value });
  }

  /** @param type What the statement casts the body to: json unless a function takes it whole. */
  body(type = 'json'): string {
    this.#body ??= this.#bind({ kind: 'body', asText: type !== 'json' });
    return this.#body;
  }

  #bind(binding: Binding): string {
    this.bindings.push(binding);
    return `$${this.bindings.length}`;
  }
}

/**
 * The parameters of one request.
 *
 * @param slots The request's variable parts; null to take the texts the bindings were made from.
 * @throws PGRST100 for a list of values that is none.
 */
export function valuesOf(
  bindings: readonly Binding[],
  slots: readonly string[] | null,
  body: string | Buffer | null,
): readonly StatementValue[] {
  return bindings.map((binding) => {
    switch (binding.kind) {
      case 'operand':
        return operandValue(binding.operand, slots);
      case 'array':
        return arrayOf(binding.operands.map((operand) => operandValue(operand, slots)));
      case 'constant':
        return binding.value;
      case 'body':
        return binding.asText ? (body?.toString() ?? null) : body;
    }
  });
}

/** Repeated values make an array; a single one may be an array literal already, as clients write lists. */
function arrayOf(values: readonly string[]): string {
  const [only] = values;
  const isLiteral = values.length === 1 && only !== undefined && only.startsWith('{') && only.endsWith('}');
  return isLiteral ? only : arrayLiteral(values);
}

function operandValue({ text, start, encoding, slot }: Operand, slots: readonly string[] | null): string {
  return encodeOperand(slot === null ? text : (slots?.[slot] ?? text), start, encoding);
}
