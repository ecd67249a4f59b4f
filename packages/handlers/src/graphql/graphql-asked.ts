import type { GraphqlRequest, TableQuery } from '@ashlar/graphql';
import type { Invocation } from '../invocation.ts';

/** An operation with who sent it, how, and for which project. */
export interface GraphqlAsked extends Pick<TableQuery, 'project' | 'caller' | 'headers' | 'trace' | 'signalOfClient'> {
  readonly request: GraphqlRequest;
  /** What every use case of it is run with. */
  readonly invocation: Invocation;
  /** A GET may change nothing. */
  readonly readOnly: boolean;
}

export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}
