import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import { mockApi } from './mock/plugin.ts';

/** `DANGOL_API=http://127.0.0.1:7878 npm run dev` talks to a running server; without it the mock answers. */
const server = process.env.DANGOL_API;

export default defineConfig({
	plugins: [sveltekit(), ...(server ? [] : [mockApi()])],
	// The policy allows fonts and images from our own address only, so nothing becomes a data: link.
	build: { assetsInlineLimit: 0 },
	server: server ? { proxy: { '/api': { target: server, changeOrigin: false } } } : {},
	test: { include: ['src/**/*.test.ts'] }
});
