/** A file out of a ZIP archive. */
import { inflateRawSync } from 'node:zlib';

const DIRECTORY_ENTRY = 0x02014b50;
const DEFLATED = 8;

/** The first entry whose name fits. */
export function entry(zip: Buffer, name: RegExp): Buffer {
	for (let at = zip.readUInt32LE(zip.length - 6); zip.readUInt32LE(at) === DIRECTORY_ENTRY;) {
		const [size, named, extra, comment] = [
			zip.readUInt32LE(at + 20),
			...[28, 30, 32].map((part) => zip.readUInt16LE(at + part))
		] as [number, number, number, number];
		if (name.test(zip.toString('utf8', at + 46, at + 46 + named))) {
			const head = zip.readUInt32LE(at + 42);
			const start = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
			const packed = zip.subarray(start, start + size);
			return zip.readUInt16LE(at + 10) === DEFLATED ? inflateRawSync(packed) : packed;
		}
		at += 46 + named + extra + comment;
	}
	throw new Error(`the archive has no ${name.source}`);
}
