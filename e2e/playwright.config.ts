/**
 * Browser tests against the real binary. `cargo xtask test` names the binary in DANGOL_BIN and the browser in
 * DANGOL_CHROMIUM; without them the debug build and the system's Chromium are taken.
 *
 * `journeys/` is run at desk width and at the width of a small phone; `screenshots/` takes the pictures for the
 * documents and is left to `cargo xtask screenshots`.
 */
import { defineConfig } from '@playwright/test';

const isRoot = process.getuid?.() === 0;

export default defineConfig({
	forbidOnly: !!process.env['CI'],
	timeout: 60_000,
	expect: { timeout: 10_000 },
	// Each worker runs a server and a browser: more of them than cores only wait for each other.
	workers: 2,
	// A busy machine may be slow once; what passes only at the second try is listed as flaky.
	retries: process.env.CI ? 1 : 0,
	reporter: [['list']],
	outputDir: 'test-results',
	use: {
		browserName: 'chromium',
		locale: 'ko-KR',
		timezoneId: 'Asia/Seoul',
		trace: 'retain-on-failure',
		launchOptions: {
			executablePath: process.env['DANGOL_CHROMIUM'] ?? '/usr/bin/chromium',
			// Chromium's own sandbox refuses to run as root; containers give it too small a /dev/shm.
			args: ['--disable-dev-shm-usage', '--disable-gpu', ...(isRoot ? ['--no-sandbox'] : [])]
		}
	},
	projects: [
		{ name: 'desktop', testDir: 'journeys', use: { viewport: { width: 1280, height: 800 } } },
		{
			name: 'phone',
			testDir: 'journeys',
			use: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }
		},
		{ name: 'screenshots', testDir: 'screenshots', use: { viewport: { width: 1280, height: 800 } } }
	]
});
