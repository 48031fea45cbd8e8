/** Shapes of bonds. */
import type { Described, Narrow } from '$lib/api/described';

export const LEVELS = ['financial', 'social', 'structural'] as const;
export type Level = (typeof LEVELS)[number];
export type Bond = Narrow<Described<'Bond'>, { level: Level }>;
export type BondBoard = Described<'BondBoard'>;
export type BondSettings = Described<'BondSettings'>;

/** From 1 to 3. */
export const numberOf = (level: Level): number => LEVELS.indexOf(level) + 1;

/** The highest level present, 0 for none. */
export const levelOf = (bonds: readonly Bond[]): number =>
	Math.max(0, ...bonds.filter((bond) => bond.present).map((bond) => numberOf(bond.level)));
