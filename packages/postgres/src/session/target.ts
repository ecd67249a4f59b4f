import type { LoginKind } from './call.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Where a project's database is and who may enter it. */
export interface DatabaseTarget {
  readonly ref: string;
  /** A host name, an address, or the absolute path of a socket folder. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls?: boolean;
  /** Keeps listening when nobody uses it: what others announce there has to be heard (the control database). */
  readonly staysAwake?: boolean;
  readonly logins: Readonly<Record<LoginKind, Login>>;
}
