import type { Project } from '@ashlar/service';
import type { Outcome, QueuedMessage } from '../domain/message.ts';

export interface Claim {
  readonly limit: number;
  /** After which a claimed message whose outcome nobody noted is due again. */
  readonly leaseMs: number;
}

export interface Noted {
  readonly id: string;
  readonly attempt: number;
  readonly outcome: Outcome;
}

/** The queue of a project: its rows of `notifications.messages`. */
export interface MessageStore {
  /** Takes messages that are due, oldest first, so that nobody else takes them meanwhile. */
  claim(project: Project, claim: Claim): Promise<readonly QueuedMessage[]>;
  /** Writes down how attempts ended; one that was taken over by somebody else is left to them. */
  note(project: Project, noted: readonly Noted[]): Promise<void>;
  /** When the next message is due; null = there is none. */
  nextDue(project: Project): Promise<Date | null>;
  /** Forgets what was over long ago. */
  forgetOld(project: Project): Promise<void>;
}
