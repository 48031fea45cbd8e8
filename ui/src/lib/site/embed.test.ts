import { describe, expect, it } from 'vitest';
import { embed } from './embed';

describe('embed', () => {
	it('names the script, and asks visitors only where it should', () => {
		expect(embed('https://shop.example/w/dangol.js', false)).toContain('src="https://shop.example/w/dangol.js" defer');
		expect(embed('https://shop.example/w/dangol.js', true)).toContain('/w/dangol.js?banner" defer');
	});

	it('lets no address end the attribute', () => {
		expect(embed('https://x/"onload="alert(1)', false)).not.toContain('"onload');
	});
});
