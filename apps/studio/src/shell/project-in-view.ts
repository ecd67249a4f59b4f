import type { Role } from '../api/control.ts';

/** The project whose pages are open; its role is null until it is known. */
export interface ProjectInView {
  readonly ref: string;
  readonly name: string;
  readonly role: Role | null;
}
