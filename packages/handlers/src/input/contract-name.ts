/** `inventory.reserve-stock`: `ReserveStock`, as types, messages and methods of it are named. */
export function pascalName(useCase: string): string {
  const [, name = useCase] = useCase.split('.');
  return name.split('-').map(capital).join('');
}

/** `reserveStock`, as fields of it are named. */
export function camelName(useCase: string): string {
  const name = pascalName(useCase);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
