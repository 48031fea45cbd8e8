import { expect, test } from 'vitest';
import { bytesOf, textOf } from './passkeys';

test('bytes come back as they went, whatever they are', () => {
	const all = Uint8Array.from({ length: 256 }, (_, n) => n);
	expect(bytesOf(textOf(all.buffer))).toEqual(all);
	expect(textOf(Uint8Array.of(0xfb, 0xff).buffer)).toBe('-_8');
});
