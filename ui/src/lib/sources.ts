/** Where a row came from, in words. */
import type { SourceName } from '$lib/api/types';
import type { Words } from '$lib/i18n/ko';

/** A source is a kind of shop, and which of several: `cafe24:second` is the second mall. Others are named by people. */
export function sourceWord(t: Words, source: string): string {
	const [kind = '', ...account] = source.split(':');
	const name = t.card.shops[kind as SourceName] ?? kind;
	return [name, account.join(':')].join(' ').trim();
}
