/** Where clients reach a project: the default one at the root, others below their reference. */
export function projectAddress(ref: string): string {
  return ref === 'default' ? location.origin : `${location.origin}/p/${ref}`;
}
