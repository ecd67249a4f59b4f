import type { Texts } from '../domain/organisation.ts';

export interface Branch {
  readonly id: string;
  readonly code: string;
  readonly name: Texts;
  readonly address: Readonly<Record<string, unknown>>;
  readonly timezone: string | null;
  readonly costCentre: string | null;
  readonly archivedAt: Date | null;
  readonly version: number;
}

export type BranchInput = Pick<Branch, 'code' | 'name' | 'address' | 'timezone' | 'costCentre'>;

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly memberIds: readonly string[];
}

/** Branches and teams: reference data of an organisation. */
export interface PlaceStore {
  branches(id: string): Promise<readonly Branch[]>;
  /** Null when the code is taken. */
  addBranch(id: string, input: BranchInput, at: Date): Promise<string | null>;
  /** `taken` when another branch has the code. */
  updateBranch(id: string, branchId: string, input: BranchInput, at: Date): Promise<'updated' | 'unknown' | 'taken'>;
  archiveBranch(id: string, branchId: string, at: Date): Promise<boolean>;
  teams(id: string): Promise<readonly Team[]>;
  /** Null when the name is taken. */
  addTeam(id: string, name: string, at: Date): Promise<string | null>;
  removeTeam(id: string, teamId: string): Promise<boolean>;
  /** Replaces the members; ids of no members are left out. False when there is no such team. */
  setTeamMembers(id: string, teamId: string, memberIds: readonly string[]): Promise<boolean>;
}
