/** The moment a document of a day says it was made at, wherever it is printed. */
export function startOfDay(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}
