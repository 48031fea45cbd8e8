// Fails when what a browser loads to show a page (scripts and styles, gzipped, in one language, before charts) exceeds
// its limit for any page of the desk. Prints the whole staff bundle too, which nobody loads at once.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT = 250_000;
const ROOT = 'build';
const MANIFEST = '.svelte-kit/output/client/.vite/manifest.json';
const LANGUAGES = /i18n\/(ko|en)\/index\.ts$/;

const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
const chunks = Object.entries(manifest);
const named = (name) => chunks.find(([, chunk]) => chunk.name === name)?.[0];

/** A chunk and all it imports statically. */
function closure(keys, seen = new Set()) {
	for (const key of keys) {
		if (seen.has(key)) continue;
		seen.add(key);
		closure(manifest[key].imports ?? [], seen);
	}
	return seen;
}

const sizes = new Map();
function size(file) {
	if (!sizes.has(file)) {
		const body = readFileSync(join(ROOT, file));
		const chart = /zrender|echarts/.test(body.toString('utf8'));
		sizes.set(file, { bytes: gzipSync(body, { level: 9 }).length, chart });
	}
	return sizes.get(file);
}

/** Bytes of the scripts and styles of chunks, without those of charts. */
function weigh(keys) {
	const files = new Set([...keys].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]));
	const loaded = [...files].filter((file) => /\.(js|css)$/.test(file)).map(size);
	return loaded.filter(({ chart }) => !chart).reduce((sum, { bytes }) => sum + bytes, 0);
}

const languages = chunks.map(([key]) => key).filter((key) => LANGUAGES.test(key));
const longest = languages.sort((a, b) => weigh([b]) - weigh([a]))[0];
// The root's layout and the desk's stand around every page.
const shell = ['entry/start', 'entry/app', 'nodes/0', 'nodes/2'].map(named);
const pages = chunks.filter(([, chunk]) => /^nodes\/\d+$/.test(chunk.name ?? '')).map(([key]) => key);
if (pages.length === 0 || !longest || shell.includes(undefined)) throw new Error('the manifest is not as expected');

const loads = pages.map((page) => ({ page, bytes: weigh(closure([...shell, longest, page])) }));
const largest = loads.reduce((a, b) => (a.bytes > b.bytes ? a : b));
const whole = weigh(chunks.map(([key]) => key).filter((key) => !languages.includes(key) || key === longest));
const kb = (n) => `${(n / 1000).toFixed(1)} kB`;
console.log(`largest page before charts: ${kb(largest.bytes)} gzipped (limit ${kb(LIMIT)})`);
console.log(`shell alone: ${kb(weigh(closure([...shell, longest])))}; all pages in one language: ${kb(whole)}`);
if (largest.bytes > LIMIT) process.exit(1);
