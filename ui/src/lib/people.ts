/**
 * What to call someone. Whoever has told no name is called by what is known instead: the end of their phone number,
 * their masked e-mail address, or the number their shop gave them.
 */
import type { Words } from '$lib/i18n/ko';

/** The server's handle of a phone number: `···8569`. */
const PHONE_END = /^···(\d{4})$/;
const MASKED_EMAIL = /^[^@\s]*\*[^@\s]*@\S+$/;

export interface Named {
	/** The name; some answers put the handle here when there is none. */
	name: string | null;
	handle?: string | null;
	/** An organisation is called by its name alone: nobody says 님 to a company. */
	kind?: string;
}

/** Whether this is what a person calls themselves, and no handle. */
export const isName = (text: string | null | undefined): text is string =>
	!!text && !PHONE_END.test(text) && !MASKED_EMAIL.test(text);

/** As it stands in lists and headings: `김하늘`, `전화 끝 8569`, `고객 번호 M00593`. */
export function nameOf(t: Words, { name, handle }: Named): string {
	if (isName(name)) return name;
	const known = handle || name;
	if (!known) return t.common.nameless;
	const end = PHONE_END.exec(known)?.[1];
	if (end) return t.common.phoneEnd(end);
	return MASKED_EMAIL.test(known) ? known : t.common.customerNo(known);
}

/** As it stands in a sentence: a name with its 님, a handle as it is. */
export const politely = (t: Words, party: Named): string =>
	isName(party.name) && party.kind !== 'organisation' ? t.common.person(party.name) : nameOf(t, party);
