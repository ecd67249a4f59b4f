/**
 * Message types of the frontend/backend protocol, version 3, by their ASCII byte.
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export const FROM_SERVER = {
  parseComplete: 0x31,
  notification: 0x41,
  commandComplete: 0x43,
  dataRow: 0x44,
  error: 0x45,
  copyInResponse: 0x47,
  copyBothResponse: 0x57,
  copyData: 0x64,
  emptyQuery: 0x49,
  parameterStatus: 0x53,
  rowDescription: 0x54,
  readyForQuery: 0x5a,
  portalSuspended: 0x73,
} as const;

export const TO_SERVER = {
  bind: 0x42,
  close: 0x43,
  describe: 0x44,
  execute: 0x45,
  flush: 0x48,
  parse: 0x50,
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
  copyFail: 0x66,
  copyData: 0x64,
  copyDone: 0x63,
} as const;

/** What ReadyForQuery says: no transaction, in one, or in one that failed. */
export const TRANSACTION_STATUS = { idle: 0x49, open: 0x54, failed: 0x45 } as const;
