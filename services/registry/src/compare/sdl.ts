import {
  BreakingChangeType,
  DangerousChangeType,
  findSchemaChanges,
  getNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { Findings } from './changes.ts';

/** What became of a GraphQL schema; values of enums and members of unions that fields may answer count as breaking. */
export function compareSdl(before: GraphQLSchema, after: GraphQLSchema, findings: Findings): void {
  const answered = answeredTypes(before);
  for (const { type, description } of findSchemaChanges(before, after)) {
    const [path = ''] =
      /@?\b[A-Za-z_]\w*\.[A-Za-z_]\w*|@[A-Za-z_]\w*|\b[A-Z]\w*(?= (was|is|changed))/.exec(description) ?? [];
    const code = type.toLowerCase().replaceAll('_', '-');
    const isBreaking =
      Object.hasOwn(BreakingChangeType, type) ||
      (widens(type) && [...answered].some((name) => names(description, name)));
    findings.add(isBreaking ? 'breaking' : isWords(type) ? 'note' : 'compatible', code, path, description);
  }
}

function widens(type: string): boolean {
  return type === DangerousChangeType.VALUE_ADDED_TO_ENUM || type === DangerousChangeType.TYPE_ADDED_TO_UNION;
}

function isWords(type: string): boolean {
  return type === 'DESCRIPTION_CHANGED';
}

function names(description: string, type: string): boolean {
  return new RegExp(`\\b${type}\\b`).test(description);
}

/** Types that come in answers. */
function answeredTypes(schema: GraphQLSchema): ReadonlySet<string> {
  const found = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || (!isObjectType(type) && !isInterfaceType(type))) continue;
    for (const field of Object.values(type.getFields())) found.add(getNamedType(field.type).name);
  }
  return found;
}
