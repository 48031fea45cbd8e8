// Fails when the staff bundle before charts (all scripts and styles, gzipped, without chart chunks) exceeds its limit.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT = 250_000;
const ROOT = 'build';

const files = (dir) =>
	readdirSync(dir).flatMap((name) => {
		const path = join(dir, name);
		return statSync(path).isDirectory() ? files(path) : [path];
	});

const isChart = (text) => /zrender|echarts/.test(text);

let total = 0;
let charts = 0;
for (const path of files(ROOT)) {
	if (!/\.(js|css)$/.test(path)) continue;
	const body = readFileSync(path);
	const size = gzipSync(body, { level: 9 }).length;
	if (isChart(body.toString('utf8'))) charts += size;
	else total += size;
}
const kb = (n) => `${(n / 1000).toFixed(1)} kB`;
console.log(`staff bundle before charts: ${kb(total)} gzipped (limit ${kb(LIMIT)}); charts: ${kb(charts)}`);
if (total === 0 || total > LIMIT) process.exit(1);
