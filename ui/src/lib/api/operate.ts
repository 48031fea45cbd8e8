/** Looking after the program: the audit log, sending. */
import type { Described } from './described';
import type { Instant } from './types';

export type AuditRow = Described<'AuditRow'>;

/** Whether the audit log is what was sealed; `place` names the first fault. */
export interface Verdict {
	verified: number;
	waiting: number;
	anchored: number;
	keys_changed: number;
	fault: { code: string; place?: number } | null;
}

export type BackupPlan = Described<'Plan'>;
export type Periods = Described<'Periods'>;
export type Destruction = Described<'Destruction'>;
export type Backups = Described<'Backups'>;

/** Whether things are sent. */
export interface Sending {
	frozen: { since: Instant; why: string; erasures_owed: boolean } | null;
	waiting: number;
}
