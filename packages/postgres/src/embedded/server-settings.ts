/** Connections of the whole cluster; the budget per project is kept by the sessions. */
const MAX_CONNECTIONS = 200;
/** One durable consumer of the log per project, at most. */
const MAX_LOG_READERS = 64;

export interface ServerSettingsOptions {
  readonly port: number;
  readonly socketDir: string;
  /** `none` trades every promise about a crash for speed: for servers that live as long as a test. */
  readonly durability: 'full' | 'none';
}

/**
 * Command-line settings of the embedded server: they win over its files, so that neither a restored backup nor an
 * `ALTER SYSTEM` can switch durability off or open another address.
 */
export function serverSettings({ port, socketDir, durability }: ServerSettingsOptions): readonly string[] {
  const durable = durability === 'full' ? 'on' : 'off';
  const settings: Readonly<Record<string, string | number>> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: socketDir,
    max_connections: MAX_CONNECTIONS,

    fsync: durable,
    synchronous_commit: durable,
    full_page_writes: durable,
    wal_level: 'logical',
    max_wal_senders: MAX_LOG_READERS,
    max_replication_slots: MAX_LOG_READERS,
    // A consumer that is gone may not fill the disk; beyond this its slot is invalidated and it is told so.
    max_slot_wal_keep_size: '2GB',
    // Bounds what is replayed after a crash, and so the time until the server answers again.
    max_wal_size: '512MB',

    // Small when idle: one process fewer per reader of the I/O pool, no JIT in every backend.
    shared_buffers: '128MB',
    io_method: 'sync',
    jit: 'off',

    timezone: 'UTC',
    log_timezone: 'UTC',
    log_destination: 'stderr',
    logging_collector: 'off',
    log_line_prefix: '',
    // Errors of statements belong to their callers; their texts carry values of rows, which no log may hold.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
