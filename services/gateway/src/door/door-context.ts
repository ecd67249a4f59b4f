import type { Caller, Passage, Project, Refusal, RequestContext } from '@ashlar/service';
import type { TraceContext } from '@ashlar/telemetry';

/** The context of one request. Its public URL is worked out when asked for, which few requests do. */
export class DoorContext implements RequestContext {
  readonly project: Project;
  readonly caller: Caller;
  readonly refusal: Refusal | null;
  readonly requestId: string;
  readonly trace: TraceContext;
  readonly clientAddress: string;
  readonly #publicUrl: () => string;

  constructor(
    project: Project,
    caller: Caller,
    refusal: Refusal | null,
    requestId: string,
    { trace, address }: Passage,
    publicUrl: () => string,
  ) {
    this.project = project;
    this.caller = caller;
    this.refusal = refusal;
    this.requestId = requestId;
    this.trace = trace;
    this.clientAddress = address;
    this.#publicUrl = publicUrl;
  }

  get publicUrl(): string {
    return this.#publicUrl();
  }
}
