import { identifier } from '../../sql/identifier.ts';
import type { SqlWriter } from '../../sql/sql-writer.ts';
import type { Condition } from '../plan/operation-plan.ts';

export function conditionSql(condition: Condition, alias: string, writer: SqlWriter): string {
  const column = (name: string): string => `${identifier(alias)}.${identifier(name)}`;
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const parts = condition.conditions.map((each) => conditionSql(each, alias, writer));
      if (parts.length === 0) return condition.kind === 'and' ? 'TRUE' : 'FALSE';
      return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(condition.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not':
      return `NOT (${conditionSql(condition.condition, alias, writer)})`;
    case 'untrue':
      return `(${conditionSql(condition.condition, alias, writer)}) IS NOT TRUE`;
    case 'null':
      return `${column(condition.column)} IS ${condition.negated ? 'NOT ' : ''}NULL`;
    case 'compare': {
      const value = writer.constant(condition.value);
      return `${column(condition.column)} ${condition.operator} ${condition.any ? `ANY (${value})` : value}`;
    }
    case 'rows': {
      const { columns, operator, values } = condition;
      const [left, right] = [columns.map(column), values.map((value) => writer.constant(value))];
      return left.length === 1
        ? `${left.join('')} ${operator} ${right.join('')}`
        : `(${left.join(', ')}) ${operator} (${right.join(', ')})`;
    }
    case 'never':
      return 'FALSE';
  }
}
