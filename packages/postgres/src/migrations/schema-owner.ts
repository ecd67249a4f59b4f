/**
 * A service's or suite's claim on one schema of a project database. The schema itself is made by the migration
 * runner (an owner role may create none): it belongs to `owner`, and `runner` has USAGE on it, before the first file.
 */
export interface SchemaOwner {
  /** The service's or suite's name, as in `ashlar.migrations.owner`. */
  readonly name: string;
  readonly schema: string;
  /** NOLOGIN role that owns the schema and runs its migrations. */
  readonly owner: string;
  /** NOLOGIN role the service runs as: owns nothing, no BYPASSRLS. */
  readonly runner: string;
  /**
   * Folder of `0001-name.sql` files, each run in one transaction as `owner`, or as the administrator when its first
   * line is `-- as: admin`. `:owner_role` stands for the role a project's owner login acts as.
   */
  readonly migrations: URL;
}
