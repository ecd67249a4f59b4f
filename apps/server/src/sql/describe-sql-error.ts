/** The members of the driver's error that PostgreSQL filled in. */
interface ServerError extends Error {
  readonly code: string;
  readonly detail?: string;
  readonly hint?: string;
  /** Where in the script, counted in characters from 1. */
  readonly position?: string;
}

/** An error the server sent, told from one of ours and from one of the connection by its SQLSTATE. */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'severity' in error && 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code));
}

/** The server's words, with the line of the script they are about. */
export function describeSqlError(error: ServerError, script: string): string {
  const lines = [`${error.message} (${error.code})`];
  const position = Number(error.position ?? Number.NaN);
  if (Number.isInteger(position)) {
    const before = script.slice(0, position - 1).split('\n');
    const number = before.length;
    const label = `line ${number}: `;
    const column = before.at(-1)?.length ?? 0;
    lines.push(`${label}${script.split('\n')[number - 1] ?? ''}`, `${' '.repeat(label.length + column)}^`);
  }
  if (error.detail !== undefined) lines.push(error.detail);
  return lines.join('\n');
}
