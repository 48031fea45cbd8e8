/** The shapes of consent on the wire. */
import type { Described } from '$lib/api/described';

export type Consents = Described<'Consents'>;
export type Standing = Described<'ConsentStanding'>;
export type Said = Described<'ConsentSaid'>;
export type Wording = Described<'ConsentWording'>;
export type Topic = Described<'ConsentTopic'>;
export type Claims = Described<'ConsentClaims'>;
export type Rule = Described<'LawRule'>;

/** The media, in the order in which people think of them. */
export const CHANNELS = ['sms', 'kakao', 'email', 'call', 'push', 'post'] as const;
/** Media whose night needs a consent of its own. */
export const NIGHT = ['sms', 'kakao', 'call', 'push'] as const;
export const PURPOSES = ['ad', 'night_ad', 'third_party'] as const;
/** How staff come to know what a customer says. */
export const SOURCES = ['form', 'pos', 'staff', '080', 'reply'] as const;
export type Notice = Described<'ConsentNotice'>;
export type Mail = Described<'Mail'>;
