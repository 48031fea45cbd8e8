/** Shapes of VIP tiers. */
import type { Described, Narrow } from '$lib/api/described';
import type { Money } from '$lib/api/types';

export type VipTier = Described<'Tier'>;
export type VipRules = Described<'VipRules'>;
export type VipBoard = Described<'VipBoard'>;
export type VipPreview = Described<'VipPreview'>;
/** Whoever did not order within the window has neither measures nor a margin. */
export type VipReason = Narrow<
	Described<'VipReason'>,
	{ measures: Described<'VipMeasures'> | null; margin: Money | null }
>;

export const COLOURS = ['persimmon', 'jade', 'amber', 'crimson', 'indigo', 'ink'] as const;
export const PARTS = ['recency', 'frequency', 'margin', 'tenure', 'advocacy'] as const;
export type Part = (typeof PARTS)[number];
