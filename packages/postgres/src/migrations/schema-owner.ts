/** A service's or suite's claim on one schema of a project database (DESIGN §3). */
export interface SchemaOwner {
  /** The service's or suite's name, as in `ashlar.migrations.owner`. */
  readonly name: string;
  readonly schema: string;
  /** NOLOGIN role that owns the schema and runs its migrations. */
  readonly owner: string;
  /** NOLOGIN role the service runs as: owns nothing, no BYPASSRLS. */
  readonly runner: string;
  /** Folder of `0001-name.sql` files. */
  readonly migrations: URL;
}
