/** Text in CP949, in which Korean shops' exports still come. */

/** The platform decodes the encoding but does not encode it, so its table is read backwards, once. */
const BYTES: ReadonlyMap<string, readonly [number, number]> = table();

function table(): Map<string, readonly [number, number]> {
	const decoder = new TextDecoder('euc-kr');
	const bytes = new Map<string, readonly [number, number]>();
	for (let lead = 0x81; lead <= 0xfe; lead++) {
		for (let trail = 0x41; trail <= 0xfe; trail++) {
			const text = decoder.decode(Uint8Array.of(lead, trail));
			if (text.length === 1 && text !== '\ufffd') bytes.set(text, [lead, trail]);
		}
	}
	return bytes;
}

/** Fails on what the encoding cannot write. */
export function cp949(text: string): Buffer {
	return Buffer.from([...text].flatMap(encode));
}

function encode(character: string): readonly number[] {
	const code = character.charCodeAt(0);
	if (code < 0x80) return [code];
	const bytes = BYTES.get(character);
	if (bytes === undefined) throw new Error(`CP949 has no ${character}`);
	return bytes;
}
