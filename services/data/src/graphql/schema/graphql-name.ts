const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Names that begin with two underscores are the language's own. */
export function isGraphqlName(name: string): boolean {
  return NAME.test(name) && !name.startsWith('__');
}

/** `blog_post` → `BlogPost` */
export function pascalCase(name: string): string {
  return name
    .split('_')
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** `blog_post` → `blogPost` */
export function camelCase(name: string): string {
  return lowerFirst(pascalCase(name));
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
