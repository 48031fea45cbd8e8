import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import type { Plugin } from 'vite';
import { mockApi } from './mock/plugin.ts';

/** `DANGOL_API=http://127.0.0.1:7878 npm run dev` talks to a running server; without it the mock answers. */
const server = process.env.DANGOL_API;

/**
 * SvelteKit's generated root hides its announcer with a style attribute, which `style-src 'self'` refuses.
 * The class of the same meaning does it instead; a build that no longer finds the attribute fails, so it is noticed.
 */
const announcerWithoutStyle = (): Plugin => ({
	name: 'dangol-announcer',
	enforce: 'pre',
	transform(code, id) {
		if (!id.endsWith('/generated/root.svelte')) return null;
		const changed = code.replace(/(id="svelte-announcer"[^>]*) style="[^"]*"/, '$1 class="sr-only"');
		if (changed === code) this.error('the announcer of SvelteKit changed: check its style attribute');
		return changed;
	}
});

export default defineConfig({
	plugins: [announcerWithoutStyle(), sveltekit(), ...(server ? [] : [mockApi()])],
	// The policy allows fonts and images from our own address only, so nothing becomes a data: link.
	build: { assetsInlineLimit: 0 },
	server: server ? { proxy: { '/api': { target: server, changeOrigin: false } } } : {},
	test: { include: ['src/**/*.test.ts'] }
});
