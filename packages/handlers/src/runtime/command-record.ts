import type { AnyUseCase, AuditNote, NewEvent } from '@ashlar/kernel';
import { actorOf, type Invocation } from '../invocation.ts';

/** What a command says besides changing its tables, gathered while it runs and written with its last statement. */
export class CommandRecord {
  readonly #facts: NewEvent[] = [];
  #note: AuditNote = {};

  readonly emit = (...facts: readonly NewEvent[]): void => void this.#facts.push(...facts);

  readonly audit = (note: AuditNote): void => {
    this.#note = { ...this.#note, ...note };
  };

  /** As `suites.finish_command` reads it; null for a schedule's run that found nothing to do: there are many of them. */
  auditJson(useCase: AnyUseCase, invocation: Invocation): string | null {
    const isIdle = this.#facts.length === 0 && Object.keys(this.#note).length === 0;
    if ((invocation.via === 'schedule' || invocation.via === 'event') && isIdle) return null;
    const { kind, id } = actorOf(invocation);
    const { subject, reason, before, after } = this.#note;
    return JSON.stringify({
      use_case: useCase.name,
      request_id: invocation.requestId,
      via: invocation.via,
      actor_kind: kind,
      actor_id: id,
      subject: subject ?? this.#facts[0]?.subject,
      reason,
      before,
      after,
    });
  }

  factsJson({ requestId, correlationId }: Invocation): string {
    return JSON.stringify(
      this.#facts.map(({ type, subject, data, dataschema, aggregateversion, causationid, correlationid }) => ({
        type,
        subject,
        data,
        envelope: {
          dataschema,
          aggregateversion,
          causationid: causationid ?? requestId,
          correlationid: correlationid ?? correlationId,
        },
      })),
    );
  }
}
