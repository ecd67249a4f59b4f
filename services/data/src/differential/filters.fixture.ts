import fc from 'fast-check';
import { type Condition, conditionOn } from './conditions.fixture.ts';
import type { Table } from './tables.fixture.ts';
import { quoted } from './values.fixture.ts';

/** One parameter that keeps rows, and what it means for a row called `a`. */
export interface Filter {
  readonly key: string;
  readonly value: string;
  readonly sql: (a: string) => string;
  readonly faults: number;
}

interface Node {
  readonly text: string;
  readonly sql: (a: string) => string;
  readonly faults: number;
}

interface Group extends Node {
  readonly word: string;
  readonly list: string;
}

type Negatable = Condition & { readonly negated: boolean };

function negatable(table: Table): fc.Arbitrary<Negatable> {
  return fc.tuple(conditionOn(table), fc.boolean()).map(([made, negated]) => ({ ...made, negated }));
}

const meaning =
  ({ negated, sql }: Negatable) =>
  (a: string): string =>
    negated ? `not (${sql(a)})` : sql(a);

const textOf = (condition: Negatable, value: string): string =>
  `${condition.negated ? 'not.' : ''}${condition.operator}.${value}`;

function plainFilter(table: Table): fc.Arbitrary<Filter> {
  return negatable(table).map((made) => ({
    key: made.key,
    value: textOf(made, made.value),
    sql: meaning(made),
    faults: Number(made.faulty),
  }));
}

function leafOf(table: Table): fc.Arbitrary<Node> {
  return negatable(table).map((made) => {
    const isBare = made.operator === 'in' || made.operator === 'is';
    return {
      text: `${made.key}.${textOf(made, isBare ? made.value : quoted(made.value))}`,
      sql: meaning(made),
      faults: Number(made.faulty),
    };
  });
}

function groupOf(table: Table, depth: number): fc.Arbitrary<Group> {
  const leaf = leafOf(table);
  const node: fc.Arbitrary<Node> =
    depth === 1 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: groupOf(table, depth - 1) });
  return fc
    .tuple(fc.constantFrom('and', 'or'), fc.boolean(), fc.array(node, { minLength: 1, maxLength: 3 }))
    .map(([kind, negated, nodes]) => {
      const word = negated ? `not.${kind}` : kind;
      const list = `(${nodes.map(({ text }) => text).join(',')})`;
      return {
        word,
        list,
        text: `${word}${list}`,
        sql: (a) => `${negated ? 'not ' : ''}(${nodes.map(({ sql }) => `(${sql(a)})`).join(` ${kind} `)})`,
        faults: nodes.reduce((sum, { faults }) => sum + faults, 0),
      };
    });
}

/** A filter or a tree of filters. */
export function filterOn(table: Table): fc.Arbitrary<Filter> {
  const tree = groupOf(table, 3).map(({ word, list, sql, faults }): Filter => ({
    key: word,
    value: list,
    sql,
    faults,
  }));
  return fc.oneof({ weight: 3, arbitrary: plainFilter(table) }, { weight: 1, arbitrary: tree });
}
