/** What administrators read of the service's own records. */
export interface AdminRecords {
  trail(
    filter: TrailFilter,
    page: Window,
  ): Promise<{ readonly entries: readonly TrailEntry[]; readonly total: number }>;
  /** Newest first. */
  sessionsOf(userId: string): Promise<readonly SessionRecord[]>;
  /** Removes sessions whose end is before `now`, and those not refreshed since `idleSince`. */
  sweepSessions(now: Date, idleSince: Date, atMost: number): Promise<void>;
  /** Removes the oldest entries of the trail. */
  sweepTrail(before: Date, atMost: number): Promise<void>;
}

export interface Window {
  readonly offset: number;
  readonly limit: number;
}

/** Absent members filter nothing. */
export interface TrailFilter {
  readonly action?: string;
  /** Id of who acted, or of whom it was done to. */
  readonly userId?: string;
  readonly from?: Date;
  readonly to?: Date;
}

export interface TrailEntry {
  readonly id: string;
  readonly payload: unknown;
  readonly created_at: string;
  readonly ip_address: string;
}

export interface SessionRecord {
  readonly id: string;
  readonly user_id: string;
  readonly aal: string;
  readonly methods: readonly string[];
  readonly created_at: string;
  readonly refreshed_at: string | null;
  readonly not_after: string | null;
  readonly user_agent: string | null;
  readonly ip: string | null;
  /** Who acts in the user's name, when somebody does. */
  readonly impersonated_by: string | null;
}
