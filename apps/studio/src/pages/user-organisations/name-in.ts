import type { Names } from '../../api/project-organisations.ts';

/** What something is called in the language wanted, or in another it has. */
export function nameIn(names: Names | string, language: string): string {
  if (typeof names === 'string') return names;
  return names[language] ?? names['en'] ?? Object.values(names)[0] ?? '';
}
