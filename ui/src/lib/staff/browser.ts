/** A browser's name for people, from what it calls itself: `Chrome · Windows`. Nothing but the list of sessions relies on it. */
const BROWSERS: [RegExp, string][] = [
	[/KAKAOTALK/i, 'KakaoTalk'],
	[/Whale\//, 'Whale'],
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/Edg\//, 'Edge'],
	[/Firefox\//, 'Firefox'],
	[/Chrome\//, 'Chrome'],
	[/Safari\//, 'Safari'],
	[/curl\//, 'curl']
];
const SYSTEMS: [RegExp, string][] = [
	[/Android/, 'Android'],
	[/iPhone|iPad/, 'iOS'],
	[/Windows/, 'Windows'],
	[/Mac OS X/, 'macOS'],
	[/Linux/, 'Linux']
];

const first = (names: [RegExp, string][], agent: string) => names.find(([pattern]) => pattern.test(agent))?.[1];

export function browserOf(agent: string): string | null {
	const known = [first(BROWSERS, agent), first(SYSTEMS, agent)].filter(Boolean);
	return known.length ? known.join(' · ') : null;
}
