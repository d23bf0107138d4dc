/** The text of postgresql.conf. Settings of an operator's own go in with ALTER SYSTEM and win over these. */
export function serverSettings(options: { socketDirectory: string; port: number; durable: boolean }): string {
  const { socketDirectory, port, durable } = options;
  const settings: Record<string, string> = {
    // Reached by the socket alone, whose folder only the account and root may enter; hence no passwords.
    listen_addresses: quoted(''),
    unix_socket_directories: quoted(socketDirectory),
    unix_socket_permissions: '0700',
    port: String(port),
    max_connections: '300',
    shared_buffers: '128MB',
    work_mem: '8MB',
    maintenance_work_mem: '128MB',
    max_wal_size: '2GB',
    wal_compression: 'on',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: quoted('UTC'),
    log_timezone: quoted('UTC'),
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    // Seven files, one a weekday, each overwritten a week later.
    logging_collector: 'on',
    log_filename: quoted('postgresql-%a.log'),
    log_truncate_on_rotation: 'on',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    // Statements and the DETAIL of a violated constraint carry patient data: neither goes into the log.
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  return `# Written by Isocenter at every start.\n${lines.join('')}`;
}

/** The text of pg_hba.conf: one role, by the socket. */
export function hostAccessRules(user: string): string {
  return `# Written by Isocenter at every start.\nlocal all ${user} trust\n`;
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
