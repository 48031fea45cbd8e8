/** What people ask about their own data, after the API's description. */
import type { Described, Narrow } from '$lib/api/described';

export type Request = Described<'Request'>;
export type RequestKind = Described<'RequestKind'>;
export type RequestWay = Described<'RequestWay'>;
export type RequestState = Described<'RequestState'>;
export type RequestIdentity = Described<'RequestIdentity'>;
export type RequestReason = Described<'RequestReason'>;
export type RowsFate = Described<'ErasedRowsFate'>;
export type Outcome = Narrow<Described<'RequestOutcome'>, { export: MadeExport | null }>;
export type MadeExport = Narrow<Described<'MadeExport'>, { parts: Record<string, number> }>;
export type ErasurePreview = Described<'ErasurePreview'>;

export const KINDS: RequestKind[] = ['access', 'erasure', 'correction', 'suspension', 'source', 'explanation'];
export const WAYS: RequestWay[] = ['counter', 'phone', 'mail', 'letter'];
export const IDENTITIES: RequestIdentity[] = ['known_contact', 'in_person', 'document', 'representative'];
export const REASONS: RequestReason[] = ['taken_back', 'not_identified', 'nothing_held', 'law', 'others', 'excessive'];

/** Who may make sure who asks, give things out and answer. */
export const mayAnswer = (role: string | undefined): boolean => role === 'owner' || role === 'manager';
