/** `dbPort` → `db-port`, used as `--db-port`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `dbPort` → `ASHLAR_DB_PORT`. */
export function environmentName(key: string): string {
  return `ASHLAR_${flagName(key).replaceAll('-', '_').toUpperCase()}`;
}

/** `dbPort` → `db_port`, a key of its group's table in `ashlar.toml`. */
export function tomlKey(key: string): string {
  return flagName(key).replaceAll('-', '_');
}
