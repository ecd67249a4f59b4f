/** Statements PostgreSQL refuses inside a transaction block. */
const OUTSIDE_ONLY = [
  /^(create\s+(unique\s+)?index|drop\s+index)\s+concurrently\b/,
  /^reindex\b.*\bconcurrently\b/s,
  /^refresh\s+materialized\s+view\s+concurrently\b/,
  /^vacuum\b/,
  /^(create|drop)\s+(database|tablespace)\b/,
  /^alter\s+(system|database\s+\S+\s+set\s+tablespace)\b/,
  /^alter\s+table\b.*\bdetach\s+partition\b.*\bconcurrently\b/s,
  /^(create|drop|alter)\s+subscription\b/,
];

/** A file that manages transactions itself must not find itself in one. */
const OWN_TRANSACTION = /^(begin|start\s+transaction|commit|end|rollback|abort|savepoint|prepare\s+transaction)\b/;

/** Whether these statements can only run one by one, each in its own transaction. */
export function needsNoTransaction(statements: readonly string[]): boolean {
  return statements.some((statement) => {
    const head = withoutLeadingComments(statement).toLowerCase();
    return OWN_TRANSACTION.test(head) || OUTSIDE_ONLY.some((pattern) => pattern.test(head));
  });
}

function withoutLeadingComments(statement: string): string {
  return statement.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)+/, '');
}
